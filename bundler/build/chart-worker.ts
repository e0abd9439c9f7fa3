import { parentPort } from "node:worker_threads";
import { ChartMissingError, ChartSourceError } from "../../helm/chart/source/chart-source-error.ts";
import { inlineDecoder } from "../../helm/chart/source/decode-source.ts";
import type { DecodeAnswer, DecodeRequest } from "./decode-in-worker.ts";

/** Program of the thread that reads indexes and unpacks charts: answers each request in turn. */
async function answer({ id, work }: DecodeRequest): Promise<DecodeAnswer> {
  try {
    switch (work.type) {
      case "choose":
        return { id, type: "chosen", entry: await inlineDecoder.choose(work.wish) };
      case "unpack":
        return { id, type: "unpacked", chart: await inlineDecoder.unpack(work.source) };
    }
  } catch (error) {
    if (error instanceof ChartMissingError) {
      return { id, type: "failed", fault: error.fault, missing: error.missing, message: error.message };
    }
    if (error instanceof ChartSourceError) return { id, type: "failed", fault: error.fault, message: error.message };
    throw error;
  }
}

async function reply(request: DecodeRequest): Promise<void> {
  parentPort?.postMessage(await answer(request), []);
}

// What is no fault of the chart ends the thread, and the request with it.
parentPort?.on("message", (request: DecodeRequest) => void reply(request));
