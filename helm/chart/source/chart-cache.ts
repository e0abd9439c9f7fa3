import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CodecError } from "../../../codec/codec-error.ts";
import { isJsonObject } from "../../../codec/json-value.ts";
import { parseJson } from "../../../codec/parse-json.ts";

/** What a wish came to when it was last fetched. */
export interface CachedChart {
  /** SHA-256 of the archive in hexadecimal. */
  readonly digest: string;
  /** Where it came from, without credentials. */
  readonly url: string;
  readonly archive: Buffer;
}

/** Archives by digest in `archives/`, and in `resolved/` which digest a wish came to. */
export interface ChartCache {
  /** Returns what is kept for a wish; undefined when nothing is, or it was damaged. */
  find(key: string): Promise<CachedChart | undefined>;
  save(key: string, chart: Omit<CachedChart, "digest">): Promise<CachedChart>;
}

/** Returns the cache in a folder, which is made on need; the archives unused for longest go when it exceeds `maxBytes`. */
export function createChartCache(dir: string, maxBytes: number): ChartCache {
  const archives = join(dir, "archives");
  const resolved = join(dir, "resolved");
  const recordOf = (key: string): string => join(resolved, `${sha256(key)}.json`);
  const archiveOf = (digest: string): string => join(archives, `${digest}.tgz`);
  return {
    find: async (key) => {
      const record = readRecord(await readIfThere(recordOf(key)));
      if (record === undefined) return undefined;
      const archive = await readIfThere(archiveOf(record.digest));
      if (archive === undefined || sha256(archive) !== record.digest) return undefined;
      await markUsed(archiveOf(record.digest));
      return { ...record, archive };
    },
    save: async (key, { url, archive }) => {
      const digest = sha256(archive);
      await mkdir(archives, { recursive: true, mode: 0o700 });
      await mkdir(resolved, { recursive: true, mode: 0o700 });
      await replaceFile(archiveOf(digest), archive);
      await replaceFile(recordOf(key), Buffer.from(JSON.stringify({ digest, url })));
      const dropped = await dropOldest(archives, maxBytes);
      if (dropped.size > 0) await dropRecords(resolved, dropped);
      return { digest, url, archive };
    },
  };
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function readRecord(bytes: Buffer | undefined): { digest: string; url: string } | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value = parseJson(bytes.toString("utf8"));
    if (!isJsonObject(value)) return undefined;
    const { digest, url } = value;
    if (typeof digest !== "string" || !/^[0-9a-f]{64}$/u.test(digest) || typeof url !== "string") return undefined;
    return { digest, url };
  } catch (error) {
    // A record that a crash left damaged is one that is not there.
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** A cache that is only to be read serves as it is: nothing is dropped from it. */
async function markUsed(path: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(path, now, now);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOENT" && code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
  }
}

async function replaceFile(path: string, data: Buffer): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  try {
    await writeFile(fresh, data, { mode: 0o600 });
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** A file that is still half written after this time was left by a crash. */
const staleMs = 3_600_000;

/** Returns the digests of the archives that went. */
async function dropOldest(folder: string, maxBytes: number): Promise<Set<string>> {
  const dropped = new Set<string>();
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const stats = await unlessGone(() => stat(path));
      return { name, path, size: stats?.size ?? 0, usedMs: stats?.mtimeMs ?? 0 };
    }),
  );
  let bytes = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, path, size, usedMs } of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= maxBytes) break;
    // Somebody may be writing it.
    if (!name.endsWith(".tgz") && Date.now() - usedMs < staleMs) continue;
    await rm(path, { force: true });
    dropped.add(name.replace(/\.tgz$/u, ""));
    bytes -= size;
  }
  return dropped;
}

/** Wishes that came to an archive that is gone are worth nothing. */
async function dropRecords(folder: string, digests: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".json")) continue;
    const path = join(folder, name);
    const record = readRecord(await readIfThere(path));
    if (record === undefined || digests.has(record.digest)) await rm(path, { force: true });
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return unlessGone(() => readFile(path));
}

async function unlessGone<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
