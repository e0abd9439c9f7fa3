import { describe, expect, it } from "vitest";
import { createGroupCommit } from "../../../../bundler/store/group-commit.ts";
import { migrate } from "../../../../bundler/store/migrate.ts";
import { openSqlite } from "../../../../bundler/store/sqlite/open-sqlite.ts";

describe("createGroupCommit", () => {
  it("writes what comes in one turn in one transaction", async () => {
    await using db = openSqlite(":memory:");
    let transactions = 0;
    const commits = createGroupCommit({ ...db, transaction: async (work) => (transactions++, db.transaction(work)) });
    await Promise.all(Array.from({ length: 20 }, async () => commits.submit(async () => undefined)));
    expect(transactions).toBe(1);
  });

  it("lets a write that fails take no other one with it", async () => {
    await using db = openSqlite(":memory:");
    await migrate(db);
    const commits = createGroupCommit(db);
    const write = async (key: string): Promise<void> =>
      commits.submit(async (sql) => {
        await sql.run("INSERT INTO meta (key, value) VALUES (?, '')", [key]);
      });
    const results = await Promise.allSettled([write("a"), write("a"), write("b")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await db.all("SELECT key FROM meta ORDER BY key")).map(({ key }) => key)).toEqual(["a", "b"]);
  });
});
