import { AppError } from "../../shared/errors.ts";
import type { GitHttp, GitHttpResponse } from "./git-http.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import { printableUrl } from "../../shared/git-remote.ts";
import type { ObjectFormat } from "./object-format.ts";
import { isOid } from "./object-format.ts";
import type { Packet } from "./pkt-line.ts";
import { createPacketParser, delimiterPacket, encodePacket, flushPacket, packetText } from "./pkt-line.ts";

/** The refs of a remote at one moment. Annotated tags are peeled: their value is the commit. */
export interface RemoteRefs {
  readonly refs: ReadonlyMap<string, string>;
  /** The branch that HEAD names, as a full ref. */
  readonly head: string | undefined;
}

/** What a git server said of itself; it is asked once and then kept by whoever polls. */
export interface RemoteSession {
  /** Address after redirects, without `/info/refs`. */
  readonly baseUrl: string;
  readonly protocol: 0 | 2;
  readonly objectFormat: ObjectFormat;
  readonly capabilities: readonly string[];
}

export interface LsRefsCall {
  readonly http: GitHttp;
  readonly remote: GitRemote;
  /** Session of an earlier answer: saves one round trip. */
  readonly session?: RemoteSession;
  /** Only refs that begin with one of these are asked for (the server may send more). Default: all. */
  readonly prefixes?: readonly string[];
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

const maxRefBytes = 64 * 1024 * 1024;
const defaultTimeoutMs = 30_000;

/**
 * Returns the refs of a remote with one request when a session is given (gitprotocol-v2 `ls-refs`), else two; servers
 * without protocol v2 answer with their whole list. Throws `GIT_…` errors.
 */
export async function lsRefs(call: LsRefsCall): Promise<RemoteRefs & { readonly session: RemoteSession }> {
  if (call.session?.protocol === 2) return { ...(await askRefs(call, call.session)), session: call.session };
  const advertised = await openSession(call);
  if (advertised.session.protocol === 0) return { ...advertised.refs, session: advertised.session };
  return { ...(await askRefs(call, advertised.session)), session: advertised.session };
}

/** Returns what the server says of itself, and with the old protocol its refs. */
export async function openSession(call: LsRefsCall): Promise<{ session: RemoteSession; refs: RemoteRefs }> {
  const suffix = "/info/refs?service=git-upload-pack";
  const answer = await call.http.request({
    remote: call.remote,
    method: "GET",
    url: `${call.remote.url}${suffix}`,
    headers: { "git-protocol": "version=2" },
    ...boundsOf(call),
  });
  if (!answer.contentType.startsWith("application/x-git-upload-pack-advertisement")) {
    throw notGit(call.remote, answer.contentType);
  }
  const packets = await readPackets(answer);
  if (packetText(packets[0] ?? "flush").startsWith("# service=")) packets.splice(0, 2);
  const baseUrl = answer.url.slice(0, answer.url.indexOf("/info/refs"));
  const lines = packets.filter((packet) => typeof packet !== "string").map(packetText);
  if (lines[0] === "version 2") {
    const capabilities = lines.slice(1);
    const objectFormat = capabilities.includes("object-format=sha256") ? "sha256" : "sha1";
    return {
      session: { baseUrl, protocol: 2, objectFormat, capabilities },
      refs: { refs: new Map(), head: undefined },
    };
  }
  return readOldAdvertisement(baseUrl, lines[0] === "version 1" ? lines.slice(1) : lines);
}

async function askRefs(call: LsRefsCall, session: RemoteSession): Promise<RemoteRefs> {
  const answer = await call.http.request({
    remote: call.remote,
    method: "POST",
    url: `${session.baseUrl}/git-upload-pack`,
    headers: { "content-type": "application/x-git-upload-pack-request", "git-protocol": "version=2" },
    body: Buffer.concat([
      encodePacket("command=ls-refs\n"),
      ...(session.objectFormat === "sha256" ? [encodePacket("object-format=sha256\n")] : []),
      delimiterPacket,
      encodePacket("peel\n"),
      encodePacket("symrefs\n"),
      ...(call.prefixes ?? []).map((prefix) => encodePacket(`ref-prefix ${prefix}\n`)),
      flushPacket,
    ]),
    ...boundsOf(call),
  });
  if (!answer.contentType.startsWith("application/x-git-upload-pack-result")) {
    throw notGit(call.remote, answer.contentType);
  }
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const packet of await readPackets(answer)) {
    if (typeof packet === "string") continue;
    const [oid = "", name = "", ...attributes] = packetText(packet).split(" ");
    if (oid === "ERR") throw serverRefused(call.remote, packetText(packet));
    const target = attributes.find((attribute) => attribute.startsWith("symref-target:"));
    if (name === "HEAD" && target !== undefined) head = target.slice("symref-target:".length);
    const peeled = attributes.find((attribute) => attribute.startsWith("peeled:"));
    const value = peeled === undefined ? oid : peeled.slice("peeled:".length);
    if (isOid(value)) refs.set(name, value);
  }
  return { refs, head };
}

/** Reads the answer of protocol 0 and 1: refs with the capabilities behind the first one's NUL. */
function readOldAdvertisement(baseUrl: string, lines: readonly string[]): { session: RemoteSession; refs: RemoteRefs } {
  const refs = new Map<string, string>();
  const capabilities = (lines[0]?.split("\0")[1] ?? "").split(" ");
  for (const line of lines) {
    const [oid = "", name = ""] = (line.split("\0")[0] ?? "").split(" ");
    if (!isOid(oid) || name === "capabilities^{}") continue;
    refs.set(name.endsWith("^{}") ? name.slice(0, -3) : name, oid);
  }
  const symref = capabilities.find((capability) => capability.startsWith("symref=HEAD:"));
  const objectFormat = capabilities.includes("object-format=sha256") ? "sha256" : "sha1";
  return {
    session: { baseUrl, protocol: 0, objectFormat, capabilities },
    refs: { refs, head: symref?.slice("symref=HEAD:".length) },
  };
}

/** Returns all packets of a short answer. */
async function readPackets(answer: GitHttpResponse): Promise<Packet[]> {
  const parser = createPacketParser();
  const packets: Packet[] = [];
  for await (const chunk of answer.body) packets.push(...parser.push(chunk));
  parser.end();
  return packets;
}

function boundsOf(call: LsRefsCall): { timeoutMs: number; maxBytes: number; signal?: AbortSignal } {
  const bounds = { timeoutMs: call.timeoutMs ?? defaultTimeoutMs, maxBytes: maxRefBytes };
  return call.signal === undefined ? bounds : { ...bounds, signal: call.signal };
}

function notGit(remote: GitRemote, contentType: string): AppError {
  const address = printableUrl(remote.url);
  const kind = contentType === "" ? "no content type" : contentType.slice(0, 80);
  return new AppError("GIT_ANSWER_INVALID", `${address}: the answer is not git's (${kind}); check the address`);
}

/** Returns the error for an `ERR` packet; its text is the server's own. */
export function serverRefused(remote: GitRemote, line: string): AppError {
  const text = line
    .replace(/^ERR /u, "")
    .replace(/[^\x20-\x7e]/gu, "?")
    .slice(0, 300);
  return new AppError("GIT_UNREACHABLE", `${printableUrl(remote.url)}: the git server says: ${text}`);
}
