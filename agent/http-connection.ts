import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import type { ConnectionOptions } from "node:tls";

/** Where requests go and how the other side is trusted. */
export interface HttpConnectionOptions {
  readonly baseUrl: string;
  readonly tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "rejectUnauthorized" | "servername">;
  /** Connections at the same time; further requests wait for one. */
  readonly maxSockets: number;
  /** Environment with `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; none is used when absent. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
}

/** One request, relative to the connection's base URL. */
export interface HttpRequest {
  readonly method: string;
  /** Path with query, beginning with `/`. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** For the whole answer; for `stream`, until its head. */
  readonly timeoutMs: number;
  /** Longer answers are refused. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer; a body cut off on the way is an error, never an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Keep-alive requests to one server. */
export interface HttpConnection extends Disposable {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Returns the answer as soon as its head is there; the caller reads or destroys it. */
  stream(request: HttpRequest): Promise<IncomingMessage>;
}

// An ES module import of node:http evaluates all its exports, and with them the whole of fetch: 6 MB for nothing.
const http = process.getBuiltinModule("node:http");

const defaultMaxBytes = 64 * 1024 * 1024;

/** Returns a connection pool for one server. Network faults are thrown as Node gives them. */
export function createHttpConnection(options: HttpConnectionOptions): HttpConnection {
  const base = new URL(options.baseUrl);
  const secure = base.protocol === "https:";
  const agentOptions = {
    keepAlive: true,
    keepAliveMsecs: 15_000,
    maxSockets: options.maxSockets,
    scheduling: "lifo" as const,
    ...(options.proxyEnv === undefined ? {} : { proxyEnv: { ...options.proxyEnv } }),
  };
  const agent = secure ? new https.Agent({ ...agentOptions, ...options.tls }) : new http.Agent(agentOptions);

  function send(request: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request.signal?.throwIfAborted();
      const url = new URL(joinPath(base.pathname, request.path), base);
      const headers = { ...request.headers, ...bodyHeaders(request.body) };
      const outgoing = (secure ? https : http).request(url, { method: request.method, headers, agent });
      const timer = setTimeout(() => outgoing.destroy(timeoutError(request)), request.timeoutMs);
      const onAbort = (): void => void outgoing.destroy(abortError());
      request.signal?.addEventListener("abort", onAbort, { once: true });
      outgoing.on("close", () => {
        clearTimeout(timer);
        request.signal?.removeEventListener("abort", onAbort);
      });
      outgoing.on("error", (error) => reject(markReused(error, outgoing.reusedSocket)));
      outgoing.on("response", resolve);
      outgoing.end(request.body);
    });
  }

  async function request(wanted: HttpRequest): Promise<HttpAnswer> {
    try {
      return await readWhole(await send(wanted), wanted.maxBytes ?? defaultMaxBytes);
    } catch (error) {
      // The server may close a kept connection just as it is used again: nothing was answered, so ask once more.
      if (!isStaleSocket(error)) throw error;
    }
    return readWhole(await send(wanted), wanted.maxBytes ?? defaultMaxBytes);
  }

  async function stream(wanted: HttpRequest): Promise<IncomingMessage> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), wanted.timeoutMs);
    const signal = wanted.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, wanted.signal]);
    try {
      return await send({ ...wanted, signal, timeoutMs: 2 ** 31 - 1 });
    } finally {
      clearTimeout(timer);
    }
  }

  return { request, stream, [Symbol.dispose]: () => agent.destroy() };
}

function joinPath(prefix: string, path: string): string {
  return prefix.replace(/\/$/u, "") + path;
}

function bodyHeaders(body: string | Uint8Array | undefined): OutgoingHttpHeaders {
  return body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
}

function timeoutError(request: HttpRequest): Error {
  return new Error(`no answer to ${request.method} ${request.path} within ${request.timeoutMs} ms`);
}

function abortError(): Error {
  return new DOMException("the request was given up", "AbortError");
}

interface ReusedSocketError extends Error {
  code?: string;
  reusedSocket?: boolean;
}

function markReused(error: Error, reusedSocket: boolean): Error {
  return Object.assign(error, { reusedSocket });
}

function isStaleSocket(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, reusedSocket }: ReusedSocketError = error;
  return reusedSocket === true && (code === "ECONNRESET" || code === "EPIPE");
}

async function readWhole(incoming: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("expected bytes");
    size += chunk.length;
    if (size > maxBytes) {
      incoming.destroy();
      throw new Error(`the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  if (!incoming.complete) throw new Error("the answer was cut off");
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}
