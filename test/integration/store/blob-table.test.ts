import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contentBlob, type ContentBlob } from "../../../bundler/build/content-blob.ts";
import { listContent, pieceOf } from "../../../bundler/build/list-content.ts";
import { type BlobTable, blobText, createBlobTable } from "../../../bundler/store/blob-table.ts";
import type { Database } from "../../../bundler/store/database.ts";
import { migrate } from "../../../bundler/store/migrate.ts";
import { firstMigration } from "../../../bundler/store/migrations/0001-first.ts";
import type { Content } from "../../../shared/api/content.ts";
import { engines, type StorePlace } from "./engines.ts";

function aContent(files: Readonly<Record<string, string>>): Content {
  return { source: "files", resources: Object.entries(files).map(([name, content]) => ({ name, content })) };
}

/** Contents of `app`, of the directory around it as a list, and of what only that one has. */
function aNest(text: string): { app: ContentBlob; own: ContentBlob; around: ContentBlob } {
  const app = contentBlob(aContent({ "a.yaml": `${text} a`, "b.yaml": `${text} b` }));
  const whole = aContent({
    "app/a.yaml": `${text} a`,
    "app/b.yaml": `${text} b`,
    "app/fleet.yaml": `${text} options`,
    "top.yaml": `${text} top`,
  });
  const listed = listContent(whole, [{ under: "app/", piece: pieceOf(app.content, app.digest) }]);
  if (listed === undefined) throw new Error("nothing is shared");
  return { app, own: contentBlob(listed.own), around: contentBlob(whole, undefined, listed.list) };
}

/** Returns a blob that must not be written again. */
function refusing(blob: ContentBlob): ContentBlob {
  return { ...blob, compress: () => expect.fail(`${blob.digest} was compressed`) };
}

describe.each(engines)("blobs on $name", ({ create }) => {
  let place: StorePlace;
  let db: Database;
  let nowMs: number;
  let blobs: BlobTable;

  beforeAll(async () => {
    place = await create();
    db = await place.open();
  });
  afterAll(async () => {
    await db[Symbol.asyncDispose]();
    await place.drop();
  });
  beforeEach(() => {
    nowMs = 1000;
    blobs = createBlobTable(db, { now: () => nowMs, elapsed: () => nowMs });
  });
  const save = async (...some: readonly ContentBlob[]) => db.transaction((sql) => blobs.save(sql, some));
  const sweep = async (used: readonly ContentBlob[], beforeMs: number) =>
    db.transaction((sql) => blobs.sweep(sql, new Set(used.map(({ digest }) => digest)), beforeMs));
  const textOf = async ({ digest }: ContentBlob) => {
    const frame = await blobs.read(digest);
    return frame === undefined ? undefined : blobText(frame);
  };
  const formsOf = async () =>
    new Map((await db.all("SELECT digest, listed FROM blobs")).map(({ digest, listed }) => [digest, listed]));

  it("keeps every blob of a database of before there were lists", async () => {
    const { app, own, around } = aNest("old");
    await db.run("CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
    for (const statement of firstMigration.split(";").filter((text) => text.trim() !== "")) await db.run(statement);
    await db.run("INSERT INTO migrations (number, name) VALUES (1, 'migration 1')");
    const insert = "INSERT INTO blobs (digest, size, stored_ms, data) VALUES (?, ?, ?, ?)";
    for (const { digest, size, compress } of [app, around]) await db.run(insert, [digest, size, 500, compress()]);
    await migrate(db);
    for (const blob of [app, around]) {
      expect(zstdDecompressSync((await blobs.read(blob.digest)) ?? Buffer.alloc(0)).toString()).toBe(
        JSON.stringify(blob.content),
      );
    }
    await save(app, own, around);
    expect(Object.fromEntries(await formsOf())).toEqual({ [app.digest]: 0, [own.digest]: 0, [around.digest]: 0 });
    const newer = aNest("new");
    await save(newer.app, newer.own, newer.around);
    expect(await sweep([around, newer.around], 5000)).toBe(2);
    for (const list of [newer.around, around]) expect(await textOf(list)).toBe(JSON.stringify(list.content));
  });
  describe("after all migrations", () => {
    beforeEach(async () => {
      await migrate(db);
      await db.run("DELETE FROM blobs");
    });

    it("gives a blob back as it was, however often it is saved", async () => {
      const blob = contentBlob(aContent({ "a.yaml": "content ".repeat(1000) }));
      await save(blob);
      await save(blob);
      expect(Buffer.from((await blobs.read(blob.digest)) ?? [])).toEqual(blob.compress());
      expect(await blobs.read("another")).toBeUndefined();
    });

    it("joins a list to the very frame that the whole content would be", async () => {
      const { app, own, around } = aNest("one");
      await save(around, own, app);
      expect(Object.fromEntries(await formsOf())).toEqual({ [app.digest]: 0, [own.digest]: 0, [around.digest]: 1 });
      const frames = await Promise.all([blobs.read(around.digest), blobs.read(around.digest)]);
      for (const frame of frames) expect(Buffer.from(frame ?? [])).toEqual(around.compress());
      expect(JSON.parse((await textOf(around)) ?? "")).toEqual(around.content);
    });

    it("compresses nothing that is stored already", async () => {
      const { app, own, around } = aNest("one");
      await save(app, own, around);
      await save(refusing(app), refusing(own), refusing(around));
      await expect(save(refusing(contentBlob(aContent({ "new.yaml": "" }))))).rejects.toThrow("was compressed");
    });

    it("stores a content whole when a piece of its list is missing or is a list itself", async () => {
      const { app, own, around } = aNest("one");
      await save(own, around);
      expect((await formsOf()).get(around.digest)).toBe(0);
      expect(await textOf(around)).toBe(JSON.stringify(around.content));
      const outer = aContent({ "in/app/a.yaml": "two a", "in/top.yaml": "two top", "z.yaml": "" });
      const inner = aNest("two");
      await save(inner.app, inner.own, inner.around);
      const listed = listContent(outer, [{ under: "in/", piece: pieceOf(inner.around.content, inner.around.digest) }]);
      const outermost = contentBlob(outer, undefined, listed?.list);
      await save(contentBlob(listed?.own ?? outer), outermost, app);
      expect((await formsOf()).get(outermost.digest)).toBe(0);
      expect(await textOf(outermost)).toBe(JSON.stringify(outer));
    });

    it("sweeps what nothing uses once it is old, and nothing else", async () => {
      const [used, unused] = [contentBlob(aContent({ a: "used" })), contentBlob(aContent({ a: "unused" }))];
      await save(used, unused);
      expect(await sweep([used], 1000)).toBe(0);
      expect(await sweep([used], 1001)).toBe(1);
      expect(await textOf(unused)).toBeUndefined();
      expect(await textOf(used)).toBeDefined();
    });

    it("keeps the pieces of every list that it keeps, and sweeps them with the last", async () => {
      const { app, own, around } = aNest("one");
      await save(app, own, around);
      expect(await sweep([around], 5000)).toBe(0);
      expect(await textOf(around)).toBe(JSON.stringify(around.content));
      expect(await sweep([app], 5000)).toBe(2);
      expect([...(await formsOf()).keys()]).toEqual([app.digest]);
      expect(await sweep([], 5000)).toBe(1);
    });

    it("keeps old pieces of a list that a commit writes while the sweep looks what is used", async () => {
      const { app, own, around } = aNest("one");
      await save(app, own);
      nowMs = 9000;
      // The sweep has read what is used, nothing of this; before its transaction comes that of the commit.
      const [, removed] = await Promise.all([save(around), sweep([], 5000)]);
      expect(removed).toBe(0);
      expect(await textOf(around)).toBe(JSON.stringify(around.content));
      // The other way round the commit finds its pieces gone.
      const late = aNest("two");
      nowMs = 1000;
      await save(late.app, late.own);
      nowMs = 9000;
      await Promise.all([sweep([around], 5000), save(late.around)]);
      expect(await textOf(late.around)).toBe(JSON.stringify(late.around.content));
    });

    it("leaves neither pieces nor lists behind when a commit ends in the middle", async () => {
      const { app, own, around } = aNest("one");
      const { list: _whole, ...rest } = around;
      const broken = { ...rest, digest: "broken", compress: () => expect.fail("the disk is full") };
      await expect(save(app, own, around, broken)).rejects.toThrow("the disk is full");
      expect(await formsOf()).toEqual(new Map());
    });

    it.each<{ name: string; value: Uint8Array }>([
      { name: "is cut off", value: Buffer.from("x") },
      {
        name: "holds something else",
        value: zstdCompressSync(JSON.stringify(aContent({ "a.yaml": "evil a", "b.yaml": "one b" }))),
      },
    ])("says which piece $name, removes it, and takes the content anew", async ({ value }) => {
      const { app, own, around } = aNest("one");
      await save(app, own, around);
      await db.run("UPDATE blobs SET data = ? WHERE digest = ?", [value, app.digest]);
      const error = expect.objectContaining({
        code: "STORE_CORRUPT",
        message: expect.stringMatching(
          new RegExp(`${around.digest}.*${app.digest} is not what its name says`, "u"),
        ) as string,
      }) as Error;
      await expect(blobs.read(around.digest)).rejects.toEqual(error);
      expect([...(await formsOf()).keys()]).toEqual([own.digest]);
      await save(app, own, around);
      expect(await textOf(app)).toBe(JSON.stringify(app.content));
      expect(await textOf(around)).toBe(JSON.stringify(around.content));
      expect((await formsOf()).get(around.digest)).toBe(0);
    });

    it("joins nothing from a list that is damaged or names another content", async () => {
      const { app, own, around } = aNest("one");
      for (const list of [
        "{",
        JSON.stringify({ pieces: [app.digest], runs: [[0, 0, 9, ""]] }),
        '{"pieces":[],"runs":[]}',
      ]) {
        const fresh = createBlobTable(db, { now: () => nowMs, elapsed: () => nowMs });
        await db.run("DELETE FROM blobs");
        await db.transaction((sql) => fresh.save(sql, [app, own, around]));
        await db.run("UPDATE blobs SET data = ? WHERE digest = ?", [zstdCompressSync(list), around.digest]);
        await expect(fresh.read(around.digest)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
        expect(await fresh.read(around.digest)).toBeUndefined();
        expect(await fresh.read(app.digest)).toBeDefined();
      }
    });

    it("names a piece that is gone", async () => {
      const { app, own, around } = aNest("one");
      await save(app, own, around);
      await db.run("DELETE FROM blobs WHERE digest = ?", [own.digest]);
      await expect(blobs.read(around.digest)).rejects.toThrow(`${own.digest} is not there`);
    });

    it("stores lists of many pieces", async () => {
      const texts = Array.from({ length: 450 }, (_, index) => `app ${index} `.padEnd(1024, "."));
      const apps = texts.map((text) => contentBlob(aContent({ "a.yaml": text })));
      const whole = aContent(Object.fromEntries(texts.map((text, index) => [`app${index}/a.yaml`, text])));
      const nested = apps.map((app, index) => ({ under: `app${index}/`, piece: pieceOf(app.content, app.digest) }));
      const around = contentBlob(whole, undefined, listContent(whole, nested)?.list);
      await save(...apps, around);
      expect((await formsOf()).get(around.digest)).toBe(1);
      expect(await textOf(around)).toBe(JSON.stringify(whole));
    });
  });
});
