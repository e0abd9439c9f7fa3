import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";

import type { ObjectFormat } from "./object-format.ts";
import { oidBytes } from "./object-format.ts";
import { corruptPack, maxEntryHead } from "./pack-entry.ts";
import type { PackIndex } from "./pack-index.ts";
import { readPackIndex } from "./pack-index.ts";

/** A pack on disk with its index; both are opened when first needed. */
export interface PackFile {
  index(): PackIndex;
  /** Returns at least `length` bytes from `offset` on where the file has them, of which nobody may change any. */
  bytes(offset: number, length: number): Buffer;
  close(): void;
}

/** A window begins small, for the few objects of one push, and grows while a whole commit is read. */
const firstWindowBytes = 32 * 1024;
const maxWindowBytes = 4 * 1024 * 1024;

/** Returns a reader of `<base>.pack` and `<base>.idx` that holds one window of the pack in memory. */
export function openPackFile(base: string, format: ObjectFormat): PackFile {
  let index: PackIndex | undefined;
  let file: { readonly descriptor: number; readonly size: number } | undefined;
  let windowBytes = firstWindowBytes;
  let window: { readonly start: number; readonly data: Buffer } = { start: 0, data: Buffer.alloc(0) };

  function opened(): { readonly descriptor: number; readonly size: number } {
    if (file !== undefined) return file;
    const descriptor = unlessGone(() => openSync(`${base}.pack`, "r"));
    file = { descriptor, size: fstatSync(descriptor).size };
    return file;
  }

  function bytes(offset: number, length: number): Buffer {
    const { descriptor, size } = opened();
    const end = Math.min(offset + Math.max(length, maxEntryHead), size - oidBytes(format));
    if (offset < 12 || offset >= end) throw corruptPack("an object lies outside of it");
    if (offset < window.start || end > window.start + window.data.length) {
      const wanted = Math.min(Math.max(windowBytes, end - offset), size - offset);
      const data = Buffer.allocUnsafe(wanted);
      let filled = 0;
      while (filled < wanted) {
        const read = readSync(descriptor, data, filled, wanted - filled, offset + filled);
        if (read === 0) throw corruptPack("it is shorter than it was");
        filled += read;
      }
      window = { start: offset, data };
      windowBytes = Math.min(windowBytes * 2, maxWindowBytes);
    }
    return window.data.subarray(offset - window.start);
  }

  return {
    index: () =>
      (index ??= readPackIndex(
        unlessGone(() => readFileSync(`${base}.idx`)),
        format,
      )),
    bytes,
    close: () => {
      if (file !== undefined) closeSync(file.descriptor);
      file = undefined;
      window = { start: 0, data: Buffer.alloc(0) };
    },
  };
}

/** A store that was fetched afresh takes its packs away from those who still read the old one: they come again. */
function unlessGone<Result>(open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    throw corruptPack("it cannot be opened", error);
  }
}
