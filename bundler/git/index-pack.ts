import { createHash, hash } from "node:crypto";
import { crc32 } from "node:zlib";

import { AppError } from "../../shared/errors.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import type { ObjectFormat, ObjectType } from "./object-format.ts";
import { oidBytes } from "./object-format.ts";
import { applyDelta, corruptPack, deltaResultSize, inflateEntry, readEntryHead } from "./pack-entry.ts";
import type { IndexedObject } from "./pack-index.ts";
import { writePackIndex } from "./pack-index.ts";

/** A pack whose every object was unpacked and named. */
export interface IndexedPack {
  /** Bytes of its index file. */
  readonly index: Buffer;
  readonly packHash: string;
  readonly objects: number;
  /** Contents of its trees by object ID. */
  readonly trees: ReadonlyMap<string, Buffer>;
  /** Contents of its commits by object ID. */
  readonly commits: ReadonlyMap<string, Buffer>;
  has(oid: string): boolean;
}

const memoryCheckBytes = 16 * 1024 * 1024;
/** What the books on one object take, roughly. */
const objectOverhead = 1000;

interface Delta {
  readonly offset: number;
  readonly end: number;
  readonly dataAt: number;
  readonly size: number;
}

/**
 * Returns the index of a complete pack file after unpacking each object, bounded by the limits. Thin packs are
 * refused: we never ask for one. Throws `GIT_STORE_CORRUPT` or `GIT_LIMIT_EXCEEDED`.
 */
export function indexPack(pack: Buffer, format: ObjectFormat, limits: FetchLimits): IndexedPack {
  const width = oidBytes(format);
  const count = checkedCount(pack, format, limits);
  const objects: IndexedObject[] = [];
  const trees = new Map<string, Buffer>();
  const commits = new Map<string, Buffer>();
  const offsets = new Map<string, number>();
  const offsetDeltas = new Map<number, Delta[]>();
  const oidDeltas = new Map<string, Delta[]>();
  const plain = new Map<
    number,
    { readonly oid: string; readonly type: ObjectType; readonly dataAt: number; readonly size: number }
  >();
  let unpacked = 0;
  let sinceMemoryCheck = 0;

  function charge(size: number): void {
    unpacked += size;
    sinceMemoryCheck += size + objectOverhead;
    if (sinceMemoryCheck > memoryCheckBytes) {
      sinceMemoryCheck = 0;
      if (process.memoryUsage.rss() > limits.memoryBytes) throw tooMuch("unpacking it needs too much memory");
    }
    if (size > limits.objectBytes) throw tooMuch(`an object has ${size} bytes, ${limits.objectBytes} are allowed`);
    if (unpacked > limits.unpackedBytes) throw tooMuch(`it unpacks to more than ${limits.unpackedBytes} bytes`);
  }

  function add(type: ObjectType, data: Buffer, place: { readonly offset: number; readonly end: number }): string {
    const head = Buffer.from(`${type} ${data.length}\0`);
    const oid =
      data.length < 65_536
        ? hash(format, Buffer.concat([head, data]), "buffer")
        : createHash(format).update(head).update(data).digest();
    const name = oid.toString("hex");
    const crc = crc32(pack.subarray(place.offset, place.end));
    if (!offsets.has(name)) objects.push({ oid, offset: place.offset, crc });
    offsets.set(name, place.offset);
    if (type === "tree") trees.set(name, data);
    if (type === "commit") commits.set(name, data);
    return name;
  }

  let at = 12;
  for (let index = 0; index < count; index += 1) {
    const offset = at;
    const entry = readEntryHead(pack, at, width);
    charge(entry.size);
    const { data, packedBytes } = inflateEntry(pack.subarray(entry.dataAt, pack.length - width), entry.size);
    at = entry.dataAt + packedBytes;
    const delta = { offset, end: at, dataAt: entry.dataAt, size: entry.size };
    if (entry.kind === "offset-delta") push(offsetDeltas, offset - entry.distance, delta);
    else if (entry.kind === "oid-delta") push(oidDeltas, entry.base, delta);
    else {
      const oid = add(entry.kind, data, { offset, end: at });
      plain.set(offset, { oid, type: entry.kind, dataAt: entry.dataAt, size: entry.size });
    }
  }
  if (at !== pack.length - width) throw corruptPack("it has bytes behind its last object");

  function resolve(base: { oid: string; offset: number; type: ObjectType; data: () => Buffer }): void {
    const stack = [base];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const children = [...(offsetDeltas.get(top.offset) ?? []), ...(oidDeltas.get(top.oid) ?? [])];
      if (children.length === 0) continue;
      offsetDeltas.delete(top.offset);
      oidDeltas.delete(top.oid);
      const content = top.data();
      for (const child of children) {
        const delta = inflateEntry(pack.subarray(child.dataAt, child.end), child.size).data;
        charge(deltaResultSize(delta));
        const data = applyDelta(content, delta);
        const oid = add(top.type, data, child);
        const needed = offsetDeltas.has(child.offset) || oidDeltas.has(oid);
        if (needed) stack.push({ oid, offset: child.offset, type: top.type, data: () => data });
      }
    }
  }

  if (offsetDeltas.size + oidDeltas.size > 0) {
    for (const [offset, entry] of plain) {
      const { oid } = entry;
      if (!offsetDeltas.has(offset) && !oidDeltas.has(oid)) continue;
      const data = (): Buffer => inflateEntry(pack.subarray(entry.dataAt, pack.length - width), entry.size).data;
      resolve({ oid, offset, type: entry.type, data });
    }
  }
  if (offsetDeltas.size + oidDeltas.size > 0) throw corruptPack("a delta's base is missing");
  const packHash = pack.subarray(pack.length - width);
  return {
    index: writePackIndex(objects, packHash, format),
    packHash: packHash.toString("hex"),
    objects: objects.length,
    trees,
    commits,
    has: (oid) => offsets.has(oid),
  };
}

function checkedCount(pack: Buffer, format: ObjectFormat, limits: FetchLimits): number {
  const width = oidBytes(format);
  if (pack.length < 12 + width || pack.toString("latin1", 0, 4) !== "PACK") throw corruptPack("it has no head");
  const version = pack.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw corruptPack(`it has version ${version}`);
  const body = pack.subarray(0, pack.length - width);
  if (hash(format, body, "hex") !== pack.toString("hex", body.length)) throw corruptPack("its checksum is wrong");
  const count = pack.readUInt32BE(8);
  if (count > limits.objects) throw tooMuch(`it has ${count} objects, ${limits.objects} are allowed`);
  return count;
}

function push<Key>(map: Map<Key, Delta[]>, key: Key, delta: Delta): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [delta]);
  else list.push(delta);
}

function tooMuch(problem: string): AppError {
  return new AppError("GIT_LIMIT_EXCEEDED", `the repository is too large: ${problem}`, { verdict: "stalled" });
}
