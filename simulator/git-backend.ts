import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Rewrites an answer's body on its way to the client. */
export type BodyTransform = (body: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** One request for `git http-backend`. */
export interface GitBackendCall {
  readonly root: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Readable;
  readonly transform: BodyTransform | undefined;
}

/** Runs `git http-backend` (a CGI program, RFC 3875) for one request and streams its answer. Rejects when git cannot run. */
export async function serveGitBackend(call: GitBackendCall): Promise<void> {
  const child = spawn("git", ["http-backend"], { env: cgiEnvironment(call), stdio: ["pipe", "pipe", "pipe"] });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once("error", reject);
  });
  const complaints: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  call.response.once("close", () => child.kill());
  // The backend may answer, and leave, before it has read everything: then the rest of the body has no reader.
  pipeline(call.body, child.stdin).catch(() => undefined);
  await Promise.race([failed, answer(call, child.stdout, complaints)]);
}

async function answer(call: GitBackendCall, stdout: Readable, complaints: readonly Buffer[]): Promise<void> {
  const iterator: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let end = -1;
  while (end === -1) {
    const next = await iterator.next();
    if (next.done === true) throw new Error(`git http-backend gave no answer: ${Buffer.concat(complaints).toString()}`);
    head = Buffer.concat([head, next.value]);
    end = head.indexOf("\r\n\r\n");
  }
  writeHead(call.response, head.subarray(0, end).toString("latin1"));
  const body = bodyOf(head.subarray(end + 4), iterator);
  await pipeline(call.transform === undefined ? body : call.transform(body), call.response);
}

async function* bodyOf(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    yield next.value;
  }
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

function cgiEnvironment({ root, request }: GitBackendCall): Record<string, string> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const { headers } = request;
  return {
    PATH: process.env["PATH"] ?? "",
    // Nothing of the user's own configuration may change what the server does.
    HOME: root,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? "GET",
    REMOTE_ADDR: request.socket.remoteAddress ?? "",
    ...(headers["content-type"] === undefined ? {} : { CONTENT_TYPE: headers["content-type"] }),
    ...(headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: headers["content-length"] }),
    ...(headers["content-encoding"] === undefined ? {} : { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
    ...(typeof headers["git-protocol"] === "string" ? { GIT_PROTOCOL: headers["git-protocol"] } : {}),
  };
}
