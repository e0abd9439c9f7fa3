import { Worker } from "node:worker_threads";
import {
  ChartMissingError,
  ChartSourceError,
  type ChartSourceFault,
} from "../../helm/chart/source/chart-source-error.ts";
import type { IndexWish, PackedSource, SourceDecoder, UnpackedChart } from "../../helm/chart/source/decode-source.ts";
import type { IndexEntry } from "../../helm/chart/source/repository-index.ts";
import { workerEnv } from "../git/worker-env.ts";

type Work =
  | { readonly type: "choose"; readonly wish: IndexWish }
  | { readonly type: "unpack"; readonly source: PackedSource };

/** One piece of work for the thread. */
export interface DecodeRequest {
  readonly id: number;
  readonly work: Work;
}

/** What the thread says. */
export type DecodeAnswer = { readonly id: number } & (
  | { readonly type: "chosen"; readonly entry: IndexEntry }
  | { readonly type: "unpacked"; readonly chart: UnpackedChart }
  | {
      readonly type: "failed";
      readonly fault: ChartSourceFault;
      readonly missing?: ChartMissingError["missing"];
      readonly message: string;
    }
);

/** Bounds of the thread. */
export interface DecodeBounds {
  readonly maxHeapMb: number;
  /** For one piece of work, those before it included. */
  readonly timeoutMs: number;
}

const defaultBounds: DecodeBounds = { maxHeapMb: 512, timeoutMs: 60_000 };

/** Decodes in a thread; dispose it to end that. */
export interface DecoderThread extends SourceDecoder, AsyncDisposable {
  /** Whether the thread runs: it is started when there is work, and ends with a fault. */
  isRunning(): boolean;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve: (answer: DecodeAnswer) => void; reject: (error: Error) => void }>;
}

/** Returns a decoder that leaves the calling thread free: a large index takes a second, a large chart a tenth of one. */
export function createDecoderThread(bounds: Partial<DecodeBounds> = {}): DecoderThread {
  const { maxHeapMb, timeoutMs } = { ...defaultBounds, ...bounds };
  let running: Running | undefined;
  let lastId = 0;

  function start(): Running {
    const worker = new Worker(workerUrl(), { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb }, env: workerEnv() });
    const own: Running = { worker, waiting: new Map() };
    const fail = (problem: string): void => {
      if (running === own) running = undefined;
      for (const { reject } of own.waiting.values()) reject(new ChartSourceError("refused", problem));
      own.waiting.clear();
    };
    worker.on("message", (answer: DecodeAnswer) => {
      own.waiting.get(answer.id)?.resolve(answer);
      own.waiting.delete(answer.id);
      if (own.waiting.size === 0) worker.unref();
    });
    worker.once("error", (error) => fail(`reading a chart or an index failed: ${error.message}`));
    worker.once("exit", () => fail("reading a chart or an index was stopped"));
    return own;
  }

  async function ask(work: Work): Promise<DecodeAnswer> {
    running ??= start();
    const { worker, waiting } = running;
    const id = (lastId += 1);
    worker.ref();
    const timer = setTimeout(() => void worker.terminate(), timeoutMs);
    try {
      return await new Promise<DecodeAnswer>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, work } satisfies DecodeRequest, []);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function checked(work: Work): Promise<Exclude<DecodeAnswer, { type: "failed" }>> {
    const answer = await ask(work);
    if (answer.type !== "failed") return answer;
    const { fault, missing, message } = answer;
    throw missing === undefined ? new ChartSourceError(fault, message) : new ChartMissingError(missing, message);
  }

  return {
    isRunning: () => running !== undefined,
    choose: async (wish) => {
      const answer = await checked({ type: "choose", wish });
      if (answer.type === "chosen") return answer.entry;
      throw new ChartSourceError("refused", "the thread gave another answer than was asked for");
    },
    unpack: async (source) => {
      const answer = await checked({ type: "unpack", source });
      if (answer.type === "unpacked") return answer.chart;
      throw new ChartSourceError("refused", "the thread gave another answer than was asked for");
    },
    [Symbol.asyncDispose]: async () => {
      await running?.worker.terminate();
    },
  };
}

/** The thread's program beside this one, as source or as bundled JavaScript. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./chart-worker.ts" : "./chart-worker.mjs", import.meta.url);
}
