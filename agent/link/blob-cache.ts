import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { AppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { limitLines } from "../limit-lines.ts";

/** Blobs by digest, on disk; each is verified whenever it is read there. Disposing waits until all that came is on disk. */
export interface BlobCache extends AsyncDisposable {
  /** Returns a blob's verified text, from disk or from the hub. Throws `BLOB_INVALID` or `HUB_…`. */
  text(digest: string): Promise<string>;
  /** Begins to fetch what is not here yet: whoever wants it soon finds it on its way. */
  fetchAhead(digests: Iterable<string>): void;
  /** Deletes blobs until the cache is within its size, oldest use first, but never those that are needed. */
  trim(needed: ReadonlySet<string>): Promise<void>;
}

/** What the cache needs. */
export interface BlobCacheDeps {
  readonly dir: string;
  readonly maxBytes: number;
  /** Uncompressed size beyond which a blob is refused. */
  readonly maxBlobBytes: number;
  /** Length of the texts that stay in memory for a while after they were fetched. */
  readonly maxRecentLength: number;
  readonly fetchBlob: (digest: string) => Promise<Buffer>;
  readonly log: Logger;
}

const digestName = /^[0-9a-f]{64}$/u;

/** Returns a cache in a folder, which is made. A disk that cannot be written makes it slower, not wrong. */
export function createBlobCache(deps: BlobCacheDeps): BlobCache {
  const { dir, log } = deps;
  const fetching = new Map<string, Promise<string>>();
  const saving = new Set<Promise<void>>();
  const recent = new Map<string, string>();
  let recentLength = 0;
  const mayLog = limitLines();
  const pathOf = (digest: string): string => join(dir, digest);

  async function fromDisk(digest: string): Promise<string | undefined> {
    try {
      const text = verify(await readFile(pathOf(digest)), digest, deps.maxBlobBytes);
      const now = new Date();
      await utimes(pathOf(digest), now, now).catch(() => undefined);
      return text;
    } catch (error) {
      if (error instanceof AppError) await rm(pathOf(digest), { force: true }).catch(() => undefined);
      return undefined;
    }
  }

  function rememberRecent(digest: string, text: string): void {
    recent.set(digest, text);
    recentLength += text.length;
    for (const [oldest, { length }] of recent) {
      if (recentLength <= deps.maxRecentLength) break;
      recent.delete(oldest);
      recentLength -= length;
    }
  }

  /** Returns the text without waiting for the disk, which is for the next start. */
  async function fromHub(digest: string, onKept: () => void): Promise<string> {
    const bytes = await deps.fetchBlob(digest);
    const text = verify(bytes, digest, deps.maxBlobBytes);
    rememberRecent(digest, text);
    const kept = save(digest, bytes)
      .catch((error: unknown) => {
        if (mayLog("save")) log.warn({ digest, err: error }, "blob could not be kept on disk");
      })
      .finally(() => {
        saving.delete(kept);
        onKept();
      });
    saving.add(kept);
    return text;
  }

  async function save(digest: string, bytes: Buffer): Promise<void> {
    await mkdir(dir, { recursive: true });
    const temporary = `${pathOf(digest)}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, pathOf(digest));
    } catch (error) {
      // What a full disk took of it is of no use, and takes room.
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async function readOrFetch(digest: string): Promise<string> {
    const done = (): void => void fetching.delete(digest);
    try {
      const kept = await fromDisk(digest);
      if (kept === undefined) return await fromHub(digest, done);
      done();
      return kept;
    } catch (error) {
      done();
      throw error;
    }
  }

  async function text(digest: string): Promise<string> {
    const underway = recent.get(digest) ?? fetching.get(digest);
    if (underway !== undefined) return underway;
    const fresh = readOrFetch(digest);
    fetching.set(digest, fresh);
    return fresh;
  }

  return {
    text,
    fetchAhead: (digests) => {
      // Whoever needs a blob that could not be fetched asks again, and says so.
      for (const digest of digests) text(digest).catch(() => undefined);
    },
    trim: async (needed) => {
      await Promise.all(saving);
      const names = await readdir(dir).catch(() => []);
      const files = await Promise.all(
        names.map(async (name) => ({ name, info: await stat(join(dir, name)).catch(() => undefined) })),
      );
      let size = files.reduce((sum, { info }) => sum + (info?.size ?? 0), 0);
      for (const { name, info } of files.toSorted((a, b) => (a.info?.mtimeMs ?? 0) - (b.info?.mtimeMs ?? 0))) {
        if (size <= deps.maxBytes) return;
        if (needed.has(name) || !(digestName.test(name) || isLeftOver(name))) continue;
        await rm(join(dir, name), { force: true }).catch(() => undefined);
        size -= info?.size ?? 0;
      }
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all(saving)),
  };
}

/** Files that a process before this one was writing when it was killed. */
function isLeftOver(name: string): boolean {
  return name.endsWith(".tmp") && !name.endsWith(`.${process.pid}.tmp`);
}

function verify(bytes: Buffer, digest: string, maxBytes: number): string {
  let plain: Buffer;
  try {
    plain = zstdDecompressSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new AppError("BLOB_INVALID", `blob ${digest} is not a whole zstd frame within ${maxBytes} bytes`, {
      cause: error,
    });
  }
  if (sha256Hex(plain) !== digest)
    throw new AppError("BLOB_INVALID", `blob ${digest} does not hold what its name says`);
  return plain.toString("utf8");
}
