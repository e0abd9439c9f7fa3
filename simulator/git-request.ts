import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";

/**
 * What a request of Git's smart HTTP asks for: `advertise` – capabilities, in protocol 0 also all refs; `ls-refs` and
 * `fetch` – the commands of protocol 2 (a fetch of protocol 0 counts too); `push` – either half of a push.
 */
export type GitRequestKind = "advertise" | "ls-refs" | "fetch" | "push";

/** A request that is Git's. */
export interface ClassifiedGitRequest {
  readonly kind: GitRequestKind;
  /** Name of the repository without `.git`. */
  readonly repository: string;
  /** The request's body, not read yet from the caller's point of view. */
  readonly body: Readable;
}

const pathPattern =
  /^\/(?<repository>[\w.-]+(?:\/[\w.-]+)*?)\.git\/(?<rest>info\/refs|git-upload-pack|git-receive-pack)$/u;
const maxNegotiationBytes = 32 * 1024 * 1024;

/** Returns what the request asks for, or undefined where it is not a request of the smart protocol. */
export async function classifyGitRequest(request: IncomingMessage): Promise<ClassifiedGitRequest | undefined> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const match = pathPattern.exec(url.pathname);
  const { repository, rest } = match?.groups ?? {};
  if (repository === undefined || rest === undefined || repository.split("/").includes("..")) return undefined;
  if (rest === "info/refs") {
    const service = url.searchParams.get("service");
    if (service === null) return undefined;
    return { kind: service === "git-upload-pack" ? "advertise" : "push", repository, body: request };
  }
  if (rest === "git-receive-pack") return { kind: "push", repository, body: request };
  const body = await readBody(request);
  const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const kind = text.subarray(0, 200).includes("command=ls-refs") ? "ls-refs" : "fetch";
  return { kind, repository, body: Readable.from([body]) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const body: AsyncIterable<Buffer> = request;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxNegotiationBytes) throw new Error("the request for a pack is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
