import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { BodyTransform } from "../../simulator/git-backend.ts";
import type { GitRequestKind } from "../../simulator/git-request.ts";

/**
 * How the server misbehaves: `reset` – each connection is cut on the first request; `unauthorized` – 401 whatever the
 * credentials; `error` – 500; `html` – 200 with a page, as a login proxy sends; `silent` – accepts and never answers;
 * `slow` – answers come in small pieces with pauses; `truncated` – packs end early, the HTTP answer well-formed;
 * `cut` – the connection breaks within the pack.
 */
export type GitFault = "reset" | "unauthorized" | "error" | "html" | "silent" | "slow" | "truncated" | "cut";

/** Answers the request as the fault says and returns true; false where the fault is none of whole requests. */
export function answerWithFault(fault: GitFault, request: IncomingMessage, response: ServerResponse): boolean {
  switch (fault) {
    case "reset":
      request.socket.destroy();
      return true;
    case "unauthorized":
      request.resume();
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("bad credentials\n");
      return true;
    case "error":
      request.resume();
      response.writeHead(500, { "content-type": "text/plain" }).end("out of order\n");
      return true;
    case "html":
      request.resume();
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Please log in</title>\n");
      return true;
    case "silent":
      request.resume();
      return true;
    case "slow":
    case "truncated":
    case "cut":
      return false;
  }
}

/** Returns what the fault does to the body of such an answer, if anything. */
export function bodyFault(fault: GitFault | undefined, kind: GitRequestKind): BodyTransform | undefined {
  if (fault === "slow") return trickle;
  if (kind !== "fetch") return undefined;
  if (fault === "truncated") return truncate;
  if (fault === "cut") return cutOff;
  return undefined;
}

async function* trickle(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    for (let start = 0; start < chunk.length; start += 1024) {
      await delay(100);
      yield chunk.subarray(start, start + 1024);
    }
  }
}

async function* truncate(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const whole = Buffer.concat(await Array.fromAsync(body));
  yield whole.subarray(0, Math.floor(whole.length * 0.6));
}

async function* cutOff(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* truncate(body);
  throw new Error("the test's server breaks the connection here");
}
