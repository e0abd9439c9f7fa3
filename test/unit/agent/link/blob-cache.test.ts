import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { createBlobCache } from "../../../../agent/link/blob-cache.ts";
import { sha256Hex } from "../../../../codec/stable-hash.ts";
import { silentLogger } from "../../../../shared/log.ts";
import { createTempDir } from "../../../support/temp-dir.ts";

async function aCache(
  blobs: ReadonlyMap<string, Buffer>,
  options: { maxBytes?: number; maxRecentLength?: number } = {},
) {
  const dir = await createTempDir("blobs");
  const fetchBlob = vi.fn<(digest: string) => Promise<Buffer>>(async (digest) => blobs.get(digest) ?? Buffer.alloc(0));
  const cache = createBlobCache({
    dir: join(dir.path, "b"),
    maxBytes: 1e6,
    maxBlobBytes: 1000,
    maxRecentLength: 0,
    ...options,
    fetchBlob,
    log: silentLogger,
  });
  const dispose = async (): Promise<void> => {
    await cache[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  };
  return { cache, fetchBlob, dir, [Symbol.asyncDispose]: dispose };
}

function blob(text: string): [string, Buffer] {
  return [sha256Hex(text), zstdCompressSync(Buffer.from(text))];
}

describe("the blob cache", () => {
  test("fetches a blob once, also when asked twice at the same time, and verifies what lies on disk", async () => {
    const [digest, bytes] = blob("text");
    await using setting = await aCache(new Map([[digest, bytes]]));
    expect(await Promise.all([setting.cache.text(digest), setting.cache.text(digest)])).toEqual(["text", "text"]);
    expect(await setting.cache.text(digest)).toBe("text");
    expect(setting.fetchBlob).toHaveBeenCalledTimes(1);
    await setting.cache[Symbol.asyncDispose]();
    await writeFile(join(setting.dir.path, "b", digest), zstdCompressSync(Buffer.from("other")));
    expect(await setting.cache.text(digest)).toBe("text");
    expect(setting.fetchBlob).toHaveBeenCalledTimes(2);
  });

  test("fetches ahead what is wanted soon, and again when that did not work", async () => {
    const [digest, bytes] = blob("text");
    const blobs = new Map<string, Buffer>();
    await using setting = await aCache(blobs);
    setting.cache.fetchAhead([digest]);
    await vi.waitFor(() => expect(setting.fetchBlob).toHaveBeenCalledTimes(1));
    await expect(setting.cache.text(digest)).rejects.toMatchObject({ code: "BLOB_INVALID" });
    blobs.set(digest, bytes);
    setting.cache.fetchAhead([digest]);
    expect(await setting.cache.text(digest)).toBe("text");
  });

  test("has what was fetched last in memory, and the rest on disk", async () => {
    const all = ["a", "b", "c"].map((text) => blob(text.repeat(100)));
    await using setting = await aCache(new Map(all), { maxRecentLength: 200 });
    for (const [digest] of all) await setting.cache.text(digest);
    await setting.cache[Symbol.asyncDispose]();
    for (const [digest] of all) await writeFile(join(setting.dir.path, "b", digest), "");
    for (const [digest] of all.toReversed()) await setting.cache.text(digest);
    expect(setting.fetchBlob.mock.calls.slice(3)).toEqual([[all[0]?.[0]]]);
  });

  test("refuses what is cut off, too large, or not what its name says", async () => {
    const [digest, bytes] = blob("text");
    const [large, largeBytes] = blob("x".repeat(2000));
    const [other] = blob("other");
    const blobs = new Map([
      [digest, bytes.subarray(0, bytes.length - 2)],
      [large, largeBytes],
      [other, bytes],
    ]);
    await using setting = await aCache(blobs);
    for (const name of blobs.keys())
      await expect(setting.cache.text(name)).rejects.toMatchObject({ code: "BLOB_INVALID" });
  });

  test("makes room, but never by what is needed", async () => {
    const all = ["a", "b", "c"].map((text) => blob(text.repeat(100)));
    await using setting = await aCache(new Map(all), { maxBytes: 1 });
    for (const [digest] of all) await setting.cache.text(digest);
    const needed = all[0]?.[0] ?? "";
    await setting.cache.trim(new Set([needed]));
    expect(await readdir(join(setting.dir.path, "b"))).toEqual([needed]);
  });
});
