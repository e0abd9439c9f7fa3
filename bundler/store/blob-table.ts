import { promisify } from "node:util";
import { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { contentBytes } from "../../shared/bundle/content-id.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import { blobLimitBytes, type ContentList, joinContent, openList, openPiece, packList } from "./content-list.ts";
import { bytesColumn, type Database, numberColumn, type Sql, textColumn } from "./database.ts";
import { inChunks } from "./in-chunks.ts";
import { createRecentFrames } from "./recent-frames.ts";

/** A blob in memory: the SHA-256 (hex) of the plain bytes, and their zstd frame. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
  readonly data: Uint8Array;
}

/** A blob on its way to the store. */
export interface StorableBlob {
  readonly digest: string;
  /** Bytes of the plain blob. */
  readonly size: number;
  /** Returns its zstd frame; asked only when that is to be written. */
  compress(): Uint8Array;
  /** How to join it from pieces that are stored, or saved with it. */
  readonly list?: ContentList;
}

/** How contents are compressed, wherever it is done. */
export const contentCompression = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

const compressInThread = promisify(zstdCompress);
const recentLimitBytes = 32 * 1024 * 1024;

/** Returns the blob of a text. */
export function createBlob(text: string): Blob {
  const plain = Buffer.from(text, "utf8");
  return { digest: sha256Hex(plain), size: plain.length, data: zstdCompressSync(plain) };
}

/** Returns the text of a zstd frame that `createBlob` made. */
export function blobText(data: Uint8Array): string {
  return zstdDecompressSync(data, { maxOutputLength: blobLimitBytes }).toString("utf8");
}

/** Immutable content by digest: whole, or as a list of pieces that are stored whole (docs/adr/0018). */
export interface BlobTable {
  /** Stores blobs; of what is there already only the time is renewed. A list of which a piece is missing is stored whole. */
  save(sql: Sql, blobs: readonly StorableBlob[]): Promise<void>;
  /**
   * Returns the zstd frame, or undefined when no such blob is stored. Throws STORE_CORRUPT when a list cannot be joined:
   * it is removed then with the pieces at fault, so that they can be saved anew.
   */
  read(digest: string): Promise<Uint8Array | undefined>;
  /** Deletes what was stored before a time, is not in `used` and no piece of what stays; returns how many. */
  sweep(sql: Sql, used: ReadonlySet<string>, beforeMs: number): Promise<number>;
}

/** Returns the blob table of a database. */
export function createBlobTable(db: Database, clock: Clock): BlobTable {
  const recent = createRecentFrames(recentLimitBytes);
  /** What could not be joined once is stored whole. */
  const spoilt = new Set<string>();

  async function join(digest: string): Promise<Uint8Array | undefined> {
    const row = await db.transaction(async (sql) => readList(sql, digest));
    if (row === undefined) return undefined;
    const { list, frames } = row;
    const pieces = new Map([...frames].map(([piece, frame]) => [piece, openPiece(piece, frame)]));
    const content = list === undefined ? undefined : joinContent(list, pieces);
    const plain = content === undefined ? undefined : contentBytes(content);
    if (plain !== undefined && sha256Hex(plain) === digest)
      return compressInThread(plain, { ...contentCompression, pledgedSrcSize: plain.length });
    spoilt.add(digest);
    const damaged = [...pieces].flatMap(([piece, opened]) => (opened === undefined ? [piece] : []));
    await db.transaction(async (sql) => remove(sql, [digest, ...damaged]));
    const missing = list?.pieces.filter((piece) => !frames.has(piece)) ?? [];
    const reasons = [
      ...damaged.map((piece) => `${piece} is not what its name says`),
      ...missing.map((piece) => `${piece} is not there`),
    ];
    const reason = reasons.length === 0 ? "its list is wrong" : reasons.join(", ");
    throw new AppError(
      "STORE_CORRUPT",
      `content ${digest} cannot be joined and was removed, to be built again: ${reason}`,
    );
  }

  return {
    save: async (sql, blobs) => {
      const digests = blobs.map(({ digest }) => digest);
      const forms = await readForms(sql, [...digests, ...blobs.flatMap(({ list }) => list?.pieces ?? [])]);
      for (const { marks, values } of inChunks(digests.filter((digest) => forms.has(digest))))
        await sql.run(`UPDATE blobs SET stored_ms = ? WHERE digest IN (${marks})`, [clock.now(), ...values]);
      // Pieces come before the lists that name them.
      for (const blob of blobs.toSorted((a, b) => Number(a.list !== undefined) - Number(b.list !== undefined))) {
        const { digest, size } = blob;
        if (forms.has(digest)) continue;
        const canJoin = !spoilt.has(digest) && blob.list?.pieces.every((piece) => forms.get(piece) === "whole");
        const list = canJoin === true ? blob.list : undefined;
        const data = list === undefined ? blob.compress() : packList(list);
        await sql.run("INSERT INTO blobs (digest, size, stored_ms, listed, data) VALUES (?, ?, ?, ?, ?)", [
          digest,
          size,
          clock.now(),
          list === undefined ? 0 : 1,
          data,
        ]);
        forms.set(digest, list === undefined ? "whole" : "list");
      }
    },
    read: async (digest) => {
      const [row] = await db.all("SELECT listed, data FROM blobs WHERE digest = ?", [digest]);
      if (row === undefined) return undefined;
      return numberColumn(row, "listed") === 0
        ? bytesColumn(row, "data")
        : recent.take(digest, async () => join(digest));
    },
    sweep: async (sql, used, beforeMs) => {
      const kept = new Set(used);
      for (const row of await sql.all("SELECT digest, stored_ms, data FROM blobs WHERE listed = 1")) {
        const stays = used.has(textColumn(row, "digest")) || numberColumn(row, "stored_ms") >= beforeMs;
        if (stays) for (const piece of openList(bytesColumn(row, "data"))?.pieces ?? []) kept.add(piece);
      }
      const old = await sql.all("SELECT digest FROM blobs WHERE stored_ms < ?", [beforeMs]);
      const unused = old.map((row) => textColumn(row, "digest")).filter((digest) => !kept.has(digest));
      await remove(sql, unused);
      return unused.length;
    },
  };
}

async function remove(sql: Sql, digests: readonly string[]): Promise<void> {
  for (const { marks, values } of inChunks(digests))
    await sql.run(`DELETE FROM blobs WHERE digest IN (${marks})`, values);
}

/** Returns which of some blobs are stored, and how. */
async function readForms(sql: Sql, digests: readonly string[]): Promise<Map<string, "whole" | "list">> {
  const forms = new Map<string, "whole" | "list">();
  for (const { marks, values } of inChunks(digests)) {
    for (const row of await sql.all(`SELECT digest, listed FROM blobs WHERE digest IN (${marks})`, values))
      forms.set(textColumn(row, "digest"), numberColumn(row, "listed") === 0 ? "whole" : "list");
  }
  return forms;
}

/** Returns a list (undefined inside when it is damaged) with the frames of those of its pieces that are stored whole. */
async function readList(
  sql: Sql,
  digest: string,
): Promise<{ readonly list: ContentList | undefined; readonly frames: ReadonlyMap<string, Uint8Array> } | undefined> {
  const [row] = await sql.all("SELECT data FROM blobs WHERE digest = ? AND listed = 1", [digest]);
  if (row === undefined) return undefined;
  const list = openList(bytesColumn(row, "data"));
  const frames = new Map<string, Uint8Array>();
  for (const { marks, values } of inChunks(list?.pieces ?? [])) {
    for (const piece of await sql.all(
      `SELECT digest, data FROM blobs WHERE listed = 0 AND digest IN (${marks})`,
      values,
    ))
      frames.set(textColumn(piece, "digest"), bytesColumn(piece, "data"));
  }
  return { list, frames };
}
