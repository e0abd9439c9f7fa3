import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { sha256Hex } from "../../codec/stable-hash.ts";
import type { Clock } from "../../shared/clock.ts";
import { bytesColumn, type Database, type Sql, textColumn } from "./database.ts";

/** A blob ready to be stored: the SHA-256 (hex) of the plain bytes, and their zstd frame. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
  readonly data: Uint8Array;
}

/** Largest blob that we read back, plain bytes: a bundle of this size could not be rendered anyway. */
export const blobLimitBytes = 64 * 1024 * 1024;

/** Returns the blob of a text. */
export function createBlob(text: string): Blob {
  const plain = Buffer.from(text, "utf8");
  return { digest: sha256Hex(plain), size: plain.length, data: zstdCompressSync(plain) };
}

/** Returns the text of a zstd frame that `createBlob` made. */
export function blobText(data: Uint8Array): string {
  return zstdDecompressSync(data, { maxOutputLength: blobLimitBytes }).toString("utf8");
}

/** Immutable content by digest. */
export interface BlobTable {
  /** Stores a blob; of one that is there already only the time is renewed. */
  save(sql: Sql, blob: Blob): Promise<void>;
  /** Returns the zstd frame, or undefined when no such blob is stored. */
  read(digest: string): Promise<Uint8Array | undefined>;
  /** Deletes what is not in `used` and was stored before a time; returns how many. */
  sweep(sql: Sql, used: ReadonlySet<string>, beforeMs: number): Promise<number>;
}

/** Returns the blob table of a database. */
export function createBlobTable(db: Database, clock: Clock): BlobTable {
  return {
    save: async (sql, { digest, size, data }) => {
      await sql.run(
        `INSERT INTO blobs (digest, size, stored_ms, data) VALUES (?, ?, ?, ?)
         ON CONFLICT (digest) DO UPDATE SET stored_ms = excluded.stored_ms`,
        [digest, size, clock.now(), data],
      );
    },
    read: async (digest) => {
      const [row] = await db.all("SELECT data FROM blobs WHERE digest = ?", [digest]);
      return row === undefined ? undefined : bytesColumn(row, "data");
    },
    sweep: async (sql, used, beforeMs) => {
      const old = await sql.all("SELECT digest FROM blobs WHERE stored_ms < ?", [beforeMs]);
      const unused = old.map((row) => textColumn(row, "digest")).filter((digest) => !used.has(digest));
      for (const digest of unused) await sql.run("DELETE FROM blobs WHERE digest = ?", [digest]);
      return unused.length;
    },
  };
}
