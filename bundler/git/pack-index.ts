import { hash } from "node:crypto";

import type { ObjectFormat } from "./object-format.ts";
import { oidBytes } from "./object-format.ts";
import { corruptPack } from "./pack-entry.ts";

/** One object of a pack: raw ID, where it begins, CRC-32 of its packed bytes. */
export interface IndexedObject {
  readonly oid: Buffer;
  readonly offset: number;
  readonly crc: number;
}

/** Finds objects in one pack. */
export interface PackIndex {
  readonly count: number;
  /** Returns where the object begins, or undefined. */
  find(oid: Buffer): number | undefined;
}

const headBytes = 8 + 256 * 4;

/** Returns an index file, version 2 (gitformat-pack), of the objects; git itself can read it. */
export function writePackIndex(objects: readonly IndexedObject[], packHash: Buffer, format: ObjectFormat): Buffer {
  const width = oidBytes(format);
  const sorted = objects.toSorted((left, right) => Buffer.compare(left.oid, right.oid));
  const far = sorted.filter((object) => object.offset >= 2 ** 31);
  const file = Buffer.alloc(headBytes + sorted.length * (width + 8) + far.length * 8 + 2 * width);
  file.writeUInt32BE(0xff744f63, 0);
  file.writeUInt32BE(2, 4);
  let at = headBytes;
  let first = 0;
  for (const [index, object] of sorted.entries()) {
    object.oid.copy(file, at + index * width);
    const byte = object.oid[0] ?? 0;
    for (; first < byte; first += 1) file.writeUInt32BE(index, 8 + first * 4);
  }
  for (; first < 256; first += 1) file.writeUInt32BE(sorted.length, 8 + first * 4);
  at += sorted.length * width;
  for (const object of sorted) at = file.writeUInt32BE(object.crc, at);
  let farIndex = 0;
  for (const object of sorted) {
    const near = object.offset < 2 ** 31;
    at = file.writeUInt32BE(near ? object.offset : 2 ** 31 + farIndex, at);
    if (!near) farIndex += 1;
  }
  for (const object of far) at = file.writeBigUInt64BE(BigInt(object.offset), at);
  at += packHash.copy(file, at);
  Buffer.from(hash(format, file.subarray(0, at), "hex"), "hex").copy(file, at);
  return file;
}

/** Returns a reader of an index file, version 2. Throws `GIT_STORE_CORRUPT` when it is damaged. */
export function readPackIndex(file: Buffer, format: ObjectFormat): PackIndex {
  const width = oidBytes(format);
  if (file.length < headBytes + 2 * width || file.readUInt32BE(0) !== 0xff744f63 || file.readUInt32BE(4) !== 2) {
    throw corruptPack("its index has no valid head");
  }
  const count = file.readUInt32BE(8 + 255 * 4);
  const offsetsAt = headBytes + count * (width + 4);
  const farAt = offsetsAt + count * 4;
  if (file.length < farAt + 2 * width) throw corruptPack("its index is cut off");
  const farCount = (file.length - 2 * width - farAt) / 8;

  function offsetOf(index: number): number {
    const near = file.readUInt32BE(offsetsAt + index * 4);
    if (near < 2 ** 31) return near;
    const far = near - 2 ** 31;
    if (far >= farCount) throw corruptPack("its index points outside itself");
    return Number(file.readBigUInt64BE(farAt + far * 8));
  }

  function find(oid: Buffer): number | undefined {
    const byte = oid[0] ?? 0;
    let low = byte === 0 ? 0 : file.readUInt32BE(8 + (byte - 1) * 4);
    let high = Math.min(file.readUInt32BE(8 + byte * 4), count);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = headBytes + middle * width;
      const order = file.compare(oid, 0, width, at, at + width);
      if (order === 0) return offsetOf(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  return { count, find };
}
