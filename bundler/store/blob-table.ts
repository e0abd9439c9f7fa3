import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { bytesColumn, type Database, type Sql } from "./database.ts";

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
  /** Stores a blob; one that is there already is left alone. */
  save(sql: Sql, blob: Blob): Promise<void>;
  /** Returns the zstd frame, or undefined when no such blob is stored. */
  read(digest: string): Promise<Uint8Array | undefined>;
}

/** Returns the blob table of a database. */
export function createBlobTable(db: Database): BlobTable {
  return {
    save: async (sql, blob) => {
      await sql.run("INSERT INTO blobs (digest, size, data) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING", [
        blob.digest,
        blob.size,
        blob.data,
      ]);
    },
    read: async (digest) => {
      const [row] = await db.all("SELECT data FROM blobs WHERE digest = ?", [digest]);
      return row === undefined ? undefined : bytesColumn(row, "data");
    },
  };
}
