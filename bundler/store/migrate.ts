import { AppError } from "../../shared/errors.ts";
import { type Database, textColumn } from "./database.ts";
import { firstMigration } from "./migrations/0001-first.ts";
import { listsMigration } from "./migrations/0002-lists.ts";

/** In order; the number of a migration is its place, counted from 1. Never edit one that has been released. */
const migrations: readonly string[] = [firstMigration, listsMigration];

/**
 * Brings the schema up to date, each step in a transaction of its own. Throws STORE_TOO_NEW when the database was
 * written by a newer Drover: going back could lose what only the newer one knows.
 */
export async function migrate(db: Database): Promise<void> {
  await db.run("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  const done = (await db.all("SELECT number, name FROM migrations ORDER BY number")).length;
  if (done > migrations.length) {
    throw new AppError(
      "STORE_TOO_NEW",
      `the database has ${done} migrations, this Drover knows ${migrations.length}: install the newer version again`,
      { verdict: "stalled" },
    );
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < done) continue;
    await db.transaction(async (sql) => {
      // PostgreSQL would sort text by its locale; the API sorts by code unit, as SQLite does.
      const portable = db.engine === "postgres" ? statements.replaceAll(" TEXT ", ' TEXT COLLATE "C" ') : statements;
      for (const statement of portable.split(";").filter((text) => text.trim() !== "")) await sql.run(statement);
      await sql.run("INSERT INTO migrations (number, name) VALUES (?, ?)", [index + 1, `migration ${index + 1}`]);
    });
  }
}

/** Returns a value of the `meta` table, made by `create` and stored when there is none yet. */
export async function metaValue(db: Database, key: string, create: () => string): Promise<string> {
  return db.transaction(async (sql) => {
    const [row] = await sql.all("SELECT value FROM meta WHERE key = ?", [key]);
    if (row !== undefined) return textColumn(row, "value");
    const value = create();
    await sql.run("INSERT INTO meta (key, value) VALUES (?, ?)", [key, value]);
    return value;
  });
}
