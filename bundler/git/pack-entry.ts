import { inflateSync } from "node:zlib";

import { AppError } from "../../shared/errors.ts";
import type { ObjectType } from "./object-format.ts";

/** Head of one entry of a pack file (gitformat-pack). `dataAt` is where its zlib stream begins. */
export type PackEntry =
  | { readonly kind: ObjectType; readonly size: number; readonly dataAt: number }
  | { readonly kind: "offset-delta"; readonly size: number; readonly dataAt: number; readonly distance: number }
  | { readonly kind: "oid-delta"; readonly size: number; readonly dataAt: number; readonly base: string };

const types: Readonly<Record<number, ObjectType>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };

/** Longest head of an entry: size, then a base's ID or distance. */
export const maxEntryHead = 48;

/** Returns the head of the entry that begins at `at`. Throws `GIT_STORE_CORRUPT`. */
export function readEntryHead(pack: Buffer, at: number, oidBytes: number): PackEntry {
  let cursor = at;
  let byte = byteAt(pack, cursor);
  cursor += 1;
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  let factor = 16;
  while ((byte & 0x80) !== 0) {
    byte = byteAt(pack, cursor);
    cursor += 1;
    size += (byte & 0x7f) * factor;
    factor *= 128;
    if (factor > 2 ** 49) throw corruptPack("an object's size is absurd");
  }
  const kind = types[type];
  if (kind !== undefined) return { kind, size, dataAt: cursor };
  if (type === 7) {
    if (cursor + oidBytes > pack.length) throw corruptPack("it ends inside an entry");
    const base = pack.toString("hex", cursor, cursor + oidBytes);
    return { kind: "oid-delta", size, dataAt: cursor + oidBytes, base };
  }
  if (type !== 6) throw corruptPack(`an entry has type ${type}`);
  byte = byteAt(pack, cursor);
  cursor += 1;
  let distance = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = byteAt(pack, cursor);
    cursor += 1;
    distance = (distance + 1) * 128 + (byte & 0x7f);
    if (distance > 2 ** 49) throw corruptPack("a delta points absurdly far back");
  }
  return { kind: "offset-delta", size, dataAt: cursor, distance };
}

/** Returns the unpacked data of an entry and how many packed bytes it took. `size` bounds the work. */
export function inflateEntry(packed: Buffer, size: number): { readonly data: Buffer; readonly packedBytes: number } {
  const chunkSize = Math.max(64, Math.min(size + 1, 65_536));
  try {
    const inflated: unknown = inflateSync(packed, { info: true, maxOutputLength: size + 1, chunkSize });
    const { buffer, engine } = inflated as { buffer: Buffer; engine: { bytesWritten: number } };
    if (buffer.length === size) return { data: buffer, packedBytes: engine.bytesWritten };
  } catch (error) {
    throw corruptPack("an object cannot be unpacked", error);
  }
  throw corruptPack("an object is not as long as its head says");
}

/** Returns the result's size that a delta announces, without applying it. */
export function deltaResultSize(delta: Buffer): number {
  return readVarint(delta, readVarint(delta, 0).next).value;
}

/** Returns the object that a delta makes of its base. Throws `GIT_STORE_CORRUPT` on any inconsistency. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const source = readVarint(delta, 0);
  if (source.value !== base.length) throw corruptPack("a delta does not fit its base");
  const target = readVarint(delta, source.next);
  const result = Buffer.allocUnsafe(target.value);
  let at = target.next;
  let filled = 0;
  while (at < delta.length) {
    const command = byteAt(delta, at);
    at += 1;
    if ((command & 0x80) === 0) {
      if (command === 0 || at + command > delta.length || filled + command > result.length) throw badDelta();
      delta.copy(result, filled, at, at + command);
      at += command;
      filled += command;
      continue;
    }
    let offset = 0;
    let length = 0;
    for (let bit = 0; bit < 4; bit += 1) {
      if ((command & (1 << bit)) !== 0) offset += byteAt(delta, at++) * 2 ** (8 * bit);
    }
    for (let bit = 0; bit < 3; bit += 1) {
      if ((command & (16 << bit)) !== 0) length += byteAt(delta, at++) * 2 ** (8 * bit);
    }
    if (length === 0) length = 65_536;
    if (offset + length > base.length || filled + length > result.length) throw badDelta();
    base.copy(result, filled, offset, offset + length);
    filled += length;
  }
  if (filled !== result.length) throw badDelta();
  return result;
}

/** Returns the error for a damaged pack. */
export function corruptPack(problem: string, cause?: unknown): AppError {
  return new AppError("GIT_STORE_CORRUPT", `a pack file is damaged: ${problem}`, { cause });
}

function badDelta(): AppError {
  return corruptPack("a delta copies what is not there");
}

function readVarint(data: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  let factor = 1;
  let at = start;
  for (;;) {
    const byte = byteAt(data, at);
    at += 1;
    value += (byte & 0x7f) * factor;
    if ((byte & 0x80) === 0) return { value, next: at };
    factor *= 128;
    if (factor > 2 ** 49) throw corruptPack("a length is absurd");
  }
}

function byteAt(data: Buffer, at: number): number {
  const byte = data[at];
  if (byte === undefined) throw corruptPack("it ends inside an entry");
  return byte;
}
