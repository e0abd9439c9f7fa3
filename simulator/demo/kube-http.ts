import { request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { createInterface } from "node:readline";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";

/** Where an API server is and how to enter. */
export interface KubeAddress {
  readonly url: string;
  readonly token: string;
  /** PEM; undefined trusts the system's authorities. */
  readonly ca: string | undefined;
}

/** A request that is no plain read. */
export interface KubeWrite {
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly body?: JsonObject;
  readonly contentType?: string;
}

/** What the demo needs of an API server. */
export interface KubeHttp extends Disposable {
  /** Returns the answer's object, undefined for 404; throws for other refusals, with the server's words. */
  call(path: string, write?: KubeWrite): Promise<JsonObject | undefined>;
  /** Calls `onEvent` for every event of a watch until the signal; a broken watch is started again. */
  watch(path: string, onEvent: (type: string, object: JsonObject) => void, signal: AbortSignal): Promise<void>;
}

const retryMs = 500;

/** Connects to an API server; connections are kept. */
export function createKubeHttp({ url, token, ca }: KubeAddress): KubeHttp {
  const agent = new Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) });
  const open = async (path: string, write: KubeWrite | undefined, signal?: AbortSignal): Promise<IncomingMessage> => {
    const target = new URL(path, url);
    const body = write?.body === undefined ? undefined : printJson(write.body);
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      "user-agent": "drover-demo",
      "content-type": write?.contentType ?? "application/json",
    };
    const method = write?.method ?? "GET";
    return new Promise((resolve, reject) => {
      const options = { method, headers, ...(signal === undefined ? {} : { signal }) };
      const request =
        target.protocol === "http:"
          ? httpRequest(target, options, resolve)
          : httpsRequest(target, { ...options, agent }, resolve);
      request.on("error", reject);
      request.end(body);
    });
  };
  const watchOnce = async (
    path: string,
    onEvent: (type: string, object: JsonObject) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const separator = path.includes("?") ? "&" : "?";
    const answer = await open(`${path}${separator}watch=true`, undefined, signal);
    for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
      const event = parseJson(line);
      if (isJsonObject(event) && isJsonObject(event["object"]) && typeof event["type"] === "string")
        onEvent(event["type"], event["object"]);
    }
  };
  return {
    call: async (path, write) => {
      const answer = await open(path, write);
      const text = await readText(answer);
      if (answer.statusCode === 404) return undefined;
      const value = text === "" ? {} : parseJson(text);
      if (!isJsonObject(value)) throw new Error(`${url}${path}: the answer is no object`);
      if ((answer.statusCode ?? 500) < 300) return value;
      throw new Error(`${url}${path}: ${typeof value["message"] === "string" ? value["message"] : answer.statusCode}`);
    },
    watch: async (path, onEvent, signal) => {
      while (!signal.aborted) {
        try {
          await watchOnce(path, onEvent, signal);
        } catch (error) {
          // The server may be restarting; the next round tells.
          if (!signal.aborted && !(error instanceof Error)) throw error;
        }
        await pause(retryMs, signal);
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Resolves after a time, or at once when the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
