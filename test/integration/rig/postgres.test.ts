import { Client } from "pg";
import { expect, it } from "vitest";
import { createTestDatabase, describeWithPostgres } from "../../support/postgres.ts";

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describeWithPostgres("the test databases", () => {
  it("are real, empty and apart from each other", async () => {
    await using one = await createTestDatabase();
    await using two = await createTestDatabase();
    await query(one.url, "CREATE TABLE seen (id bigint PRIMARY KEY)");
    await query(one.url, "INSERT INTO seen VALUES (9007199254740993)");
    expect(await query(one.url, "SELECT id FROM seen")).toEqual([{ id: "9007199254740993" }]);
    await expect(query(two.url, "SELECT id FROM seen")).rejects.toThrow(/relation "seen" does not exist/u);
  });

  it("go away when dropped, open connections notwithstanding", async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    const cut = new Promise((resolve) => {
      client.on("error", resolve);
    });
    await client.connect();
    await database.drop();
    await cut;
    await expect(query(database.url, "SELECT 1")).rejects.toThrow(/does not exist/u);
  });
});
