import { AppError } from "../../shared/errors.ts";

/** One packet of git's pkt-line framing: data, or one of the special lengths 0, 1, 2. */
export type Packet = Buffer | "flush" | "delimiter" | "response-end";

const maxPacketBytes = 65_520;

/** Returns the packet of a text line or bytes (gitprotocol-common, pkt-line). */
export function encodePacket(line: string | Buffer): Buffer {
  const data = typeof line === "string" ? Buffer.from(line) : line;
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, "0")), data]);
}

export const flushPacket: Buffer = Buffer.from("0000");
export const delimiterPacket: Buffer = Buffer.from("0001");

/**
 * Returns a parser that is fed chunks and gives the packets completed by each; `end` throws when the stream stopped
 * inside a packet. The packets' bytes are valid until the next call of `push`. Throws `GIT_ANSWER_INVALID` on anything that is not pkt-line framing.
 */
export function createPacketParser(): { push(chunk: Buffer): Packet[]; end(): void } {
  let rest: Buffer = Buffer.alloc(0);
  function push(chunk: Buffer): Packet[] {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const packets: Packet[] = [];
    let at = 0;
    while (at + 4 <= data.length) {
      const length = packetLength(data, at);
      if (length < 4) {
        packets.push(specialPacket(length));
        at += 4;
        continue;
      }
      if (at + length > data.length) break;
      packets.push(data.subarray(at + 4, at + length));
      at += length;
    }
    rest = data.subarray(at);
    return packets;
  }
  function end(): void {
    if (rest.length > 0) throw new AppError("GIT_ANSWER_INVALID", "the git server's answer ends inside a packet");
  }
  return { push, end };
}

/** Returns a packet as text without its line feed; special packets are "". */
export function packetText(packet: Packet): string {
  if (typeof packet === "string") return "";
  const text = packet.toString("utf8");
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function packetLength(data: Buffer, at: number): number {
  let length = 0;
  for (let index = at; index < at + 4; index += 1) {
    const digit = hexDigit(data[index] ?? 0);
    if (digit < 0) throw notGit();
    length = length * 16 + digit;
  }
  if (length === 3 || length > maxPacketBytes) throw notGit();
  return length;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return code >= 65 && code <= 70 ? code - 55 : -1;
}

function specialPacket(length: number): Packet {
  if (length === 0) return "flush";
  return length === 1 ? "delimiter" : "response-end";
}

function notGit(): AppError {
  return new AppError(
    "GIT_ANSWER_INVALID",
    "the server's answer is not git's protocol; is the address a git repository?",
  );
}
