import { closeSync, openSync, writeSync } from "node:fs";

import { AppError } from "../../shared/errors.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import type { GitHttp } from "./git-http.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import { printableUrl } from "../../shared/git-remote.ts";
import type { RemoteSession } from "./ls-refs.ts";
import { serverRefused } from "./ls-refs.ts";
import type { Packet } from "./pkt-line.ts";
import { createPacketParser, delimiterPacket, encodePacket, flushPacket, packetText } from "./pkt-line.ts";

/** One request for a pack. */
export interface FetchPackCall {
  readonly http: GitHttp;
  readonly remote: GitRemote;
  readonly session: RemoteSession;
  readonly wants: readonly string[];
  /** Commits whose every object is already here (down to the shallow ones). */
  readonly haves: readonly string[];
  readonly shallow: readonly string[];
  /** Only the wanted commits, without their parents. */
  readonly onlyTip: boolean;
  readonly limits: FetchLimits;
  /** File that the pack is written to. */
  readonly target: string;
  readonly signal?: AbortSignal;
}

/** What the server said besides the pack. */
export interface FetchedPack {
  readonly bytes: number;
  readonly shallow: readonly string[];
  readonly unshallow: readonly string[];
}

/**
 * Writes the pack that brings `wants` to the target file (gitprotocol-v2 `fetch`, or gitprotocol-pack for old
 * servers), in one round trip: haves are sent with `done`, no thin packs, no progress. Throws `GIT_…` errors.
 */
export async function fetchPack(call: FetchPackCall): Promise<FetchedPack> {
  const modern = call.session.protocol === 2;
  const answer = await call.http.request({
    remote: call.remote,
    method: "POST",
    url: `${call.session.baseUrl}/git-upload-pack`,
    headers: {
      "content-type": "application/x-git-upload-pack-request",
      accept: "application/x-git-upload-pack-result",
      ...(modern ? { "git-protocol": "version=2" } : {}),
    },
    body: modern ? modernRequest(call) : oldRequest(call),
    timeoutMs: call.limits.timeoutMs,
    maxBytes: call.limits.packBytes * 1.01 + 1_000_000,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  if (!answer.contentType.startsWith("application/x-git-upload-pack-result")) throw invalid(call, "is not git's");
  const receiver = createReceiver(call);
  const parser = createPacketParser();
  try {
    for await (const chunk of answer.body) {
      for (const packet of parser.push(chunk)) receiver.take(packet);
    }
    parser.end();
  } finally {
    receiver.close();
  }
  if (receiver.bytes() === 0) throw invalid(call, "has no pack");
  return { bytes: receiver.bytes(), shallow: receiver.shallow, unshallow: receiver.unshallow };
}

function modernRequest(call: FetchPackCall): Buffer {
  const shallowAllowed = call.session.capabilities.some(
    (capability) => capability.startsWith("fetch=") && capability.includes("shallow"),
  );
  return Buffer.concat([
    encodePacket("command=fetch\n"),
    ...(call.session.objectFormat === "sha256" ? [encodePacket("object-format=sha256\n")] : []),
    delimiterPacket,
    encodePacket("no-progress\n"),
    encodePacket("ofs-delta\n"),
    ...call.wants.map((oid) => encodePacket(`want ${oid}\n`)),
    ...call.shallow.map((oid) => encodePacket(`shallow ${oid}\n`)),
    ...(call.onlyTip && shallowAllowed ? [encodePacket("deepen 1\n")] : []),
    ...call.haves.map((oid) => encodePacket(`have ${oid}\n`)),
    encodePacket("done\n"),
    flushPacket,
  ]);
}

function oldRequest(call: FetchPackCall): Buffer {
  const { capabilities } = call.session;
  if (!capabilities.includes("side-band-64k")) throw invalid(call, "lacks side-band-64k");
  const asked = ["side-band-64k", "ofs-delta", "no-progress"].filter((name) => capabilities.includes(name));
  if (call.session.objectFormat === "sha256") asked.push("object-format=sha256");
  const onlyTip = call.onlyTip && capabilities.includes("shallow");
  return Buffer.concat([
    ...call.wants.map((oid, index) => encodePacket(`want ${oid}${index === 0 ? ` ${asked.join(" ")}` : ""}\n`)),
    ...call.shallow.map((oid) => encodePacket(`shallow ${oid}\n`)),
    ...(onlyTip ? [encodePacket("deepen 1\n")] : []),
    flushPacket,
    ...call.haves.map((oid) => encodePacket(`have ${oid}\n`)),
    encodePacket("done\n"),
  ]);
}

/** Takes the packets of an answer: lines first, then the pack on side band 1. */
function createReceiver(call: FetchPackCall): {
  take(packet: Packet): void;
  bytes(): number;
  close(): void;
  readonly shallow: string[];
  readonly unshallow: string[];
} {
  const shallow: string[] = [];
  const unshallow: string[] = [];
  const file = openSync(call.target, "w", 0o600);
  let bytes = 0;
  let inPack = false;

  function takeBand(packet: Buffer): void {
    if (packet[0] === 2) return;
    const data = packet.subarray(1);
    if (packet[0] === 3) throw serverRefused(call.remote, data.toString("utf8"));
    if (packet[0] !== 1) throw invalid(call, "has an unknown side band");
    bytes += data.length;
    if (bytes > call.limits.packBytes) throw tooLarge(call);
    for (let written = 0; written < data.length;) written += writeSync(file, data, written);
  }

  function take(packet: Packet): void {
    if (typeof packet === "string") return;
    if (inPack) {
      takeBand(packet);
      return;
    }
    const text = packetText(packet);
    if (text.startsWith("ERR ")) throw serverRefused(call.remote, text);
    if (text.startsWith("shallow ")) shallow.push(text.slice("shallow ".length));
    else if (text.startsWith("unshallow ")) unshallow.push(text.slice("unshallow ".length));
    else if (text === "packfile") inPack = true;
    else if (call.session.protocol === 0 && (packet[0] ?? 0) <= 3) {
      inPack = true;
      takeBand(packet);
    }
  }

  return { take, bytes: () => bytes, close: () => closeSync(file), shallow, unshallow };
}

function tooLarge(call: FetchPackCall): AppError {
  const problem = `its pack is larger than ${call.limits.packBytes} bytes`;
  return new AppError("GIT_LIMIT_EXCEEDED", `${printableUrl(call.remote.url)}: ${problem}`, { verdict: "stalled" });
}

function invalid(call: FetchPackCall, problem: string): AppError {
  return new AppError("GIT_ANSWER_INVALID", `${printableUrl(call.remote.url)}: the server's answer ${problem}`);
}
