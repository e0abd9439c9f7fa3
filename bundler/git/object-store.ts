import { readdirSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../shared/errors.ts";
import type { ObjectFormat, ObjectType } from "./object-format.ts";
import { hashObject, oidBytes } from "./object-format.ts";
import { applyDelta, corruptPack, deltaResultSize, inflateEntry, readEntryHead } from "./pack-entry.ts";
import type { PackFile } from "./pack-file.ts";
import { openPackFile } from "./pack-file.ts";

/** One object of a repository. */
export interface GitObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** Reads the objects of a bare repository's packs. Reading is synchronous: the files are local and cached. */
export interface ObjectStore extends Disposable {
  /** Throws `GIT_OBJECT_MISSING`, `GIT_STORE_CORRUPT` or `GIT_LIMIT_EXCEEDED`. */
  read(oid: string): GitObject;
  has(oid: string): boolean;
  /** Number of objects unpacked so far, delta bases included. */
  readonly reads: number;
}

interface Place {
  readonly pack: PackFile;
  readonly offset: number;
}

const maxDeltaDepth = 4096;
const baseCacheBytes = 16 * 1024 * 1024;

/**
 * Returns a reader of the packs below `gitDir`, newest first by name (our packs are numbered). Packs that arrive
 * later need a new reader. Objects longer than `objectBytes` are refused before they are unpacked.
 */
export function openObjectStore(options: {
  readonly gitDir: string;
  readonly format: ObjectFormat;
  readonly objectBytes: number;
}): ObjectStore {
  const { format } = options;
  const packs = packNames(options.gitDir).map((base) => openPackFile(base, format));
  const numbers = new Map(packs.map((pack, index) => [pack, index]));
  const bases = new Map<number, GitObject>();
  let cachedBytes = 0;
  let reads = 0;
  let last: PackFile | undefined;

  function locate(oid: string): Place | undefined {
    const raw = Buffer.from(oid, "hex");
    if (raw.length !== oidBytes(format)) return undefined;
    const known = last?.index().find(raw);
    if (last !== undefined && known !== undefined) return { pack: last, offset: known };
    for (const pack of packs) {
      if (pack === last) continue;
      const offset = pack.index().find(raw);
      if (offset === undefined) continue;
      last = pack;
      return { pack, offset };
    }
    return undefined;
  }

  function checkSize(size: number): void {
    if (size <= options.objectBytes) return;
    const problem = `an object has ${size} bytes, ${options.objectBytes} are allowed`;
    throw new AppError("GIT_LIMIT_EXCEEDED", `the repository is too large: ${problem}`, { verdict: "stalled" });
  }

  /** One number for pack and offset: packs are fewer than 2^12, files shorter than 2^40. */
  function baseKey(place: Place): number {
    return (numbers.get(place.pack) ?? 0) * 2 ** 40 + place.offset;
  }

  function remember(place: Place, object: GitObject): void {
    if (cachedBytes > baseCacheBytes) {
      bases.clear();
      cachedBytes = 0;
    }
    cachedBytes += object.content.length;
    bases.set(baseKey(place), object);
  }

  function unpack(start: Place): GitObject {
    const deltas: { readonly place: Place; readonly delta: Buffer }[] = [];
    let place = start;
    for (;;) {
      const cached = bases.size === 0 ? undefined : bases.get(baseKey(place));
      if (cached !== undefined) return applyAll(cached, deltas);
      const head = readEntryHead(place.pack.bytes(place.offset, 0), 0, oidBytes(format));
      checkSize(head.size);
      reads += 1;
      const data = inflateAt(place, head.dataAt, head.size);
      if (head.kind !== "offset-delta" && head.kind !== "oid-delta") {
        const object = { type: head.kind, content: data };
        if (deltas.length > 0) remember(place, object);
        return applyAll(object, deltas);
      }
      checkSize(deltaResultSize(data));
      deltas.push({ place, delta: data });
      if (deltas.length > maxDeltaDepth) throw corruptPack("a chain of deltas does not end");
      place =
        head.kind === "offset-delta"
          ? { pack: place.pack, offset: place.offset - head.distance }
          : (locate(head.base) ?? missing(head.base));
    }
  }

  function applyAll(base: GitObject, deltas: readonly { readonly place: Place; readonly delta: Buffer }[]): GitObject {
    let object = base;
    for (const { place, delta } of deltas.toReversed()) {
      object = { type: object.type, content: applyDelta(object.content, delta) };
      remember(place, object);
    }
    return object;
  }

  return {
    read: (oid) => {
      const object = unpack(locate(oid) ?? missing(oid));
      // Files have their zlib checksum, as git relies on; what the rest of a commit hangs on is compared whole.
      if (object.type === "blob") return object;
      if (hashObject(format, object.type, object.content) !== oid) throw corruptPack(`object ${oid} has other content`);
      return object;
    },
    has: (oid) => locate(oid) !== undefined,
    get reads() {
      return reads;
    },
    [Symbol.dispose]: () => {
      for (const pack of packs) pack.close();
    },
  };
}

/** Unpacks an entry from a window that holds any stream of that length, stored blocks included. */
function inflateAt(place: Place, skip: number, size: number): Buffer {
  const likely = skip + size + (size >> 3) + 256;
  return inflateEntry(place.pack.bytes(place.offset, likely).subarray(skip), size).data;
}

function packNames(gitDir: string): string[] {
  const folder = join(gitDir, "objects", "pack");
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".idx"));
  } catch (cause) {
    throw new AppError("GIT_OBJECT_MISSING", "the object store has gone; it is fetched afresh", { cause });
  }
  return names
    .toSorted()
    .toReversed()
    .map((name) => join(folder, name.slice(0, -".idx".length)));
}

function missing(oid: string): never {
  throw new AppError("GIT_OBJECT_MISSING", `object ${oid} is not in the object store`, { details: { oid } });
}
