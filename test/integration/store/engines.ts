import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../../bundler/store/database.ts";
import { openPostgres } from "../../../bundler/store/postgres/open-postgres.ts";
import { openSqlite } from "../../../bundler/store/sqlite/open-sqlite.ts";
import { silentLogger } from "../../../shared/log.ts";
import { createTestDatabase, havePostgres } from "../../support/postgres.ts";

/** An empty place for a store. */
export interface StorePlace {
  /** Opens the same database, again and again. */
  readonly open: () => Promise<Database>;
  /** Throws all of it away. */
  readonly drop: () => Promise<void>;
}

interface Engine {
  readonly name: string;
  readonly create: () => Promise<StorePlace>;
}

const sqlite: Engine = {
  name: "SQLite",
  create: async () => {
    const folder = await mkdtemp(join(tmpdir(), "drover-store-"));
    return {
      open: async () => openSqlite(join(folder, "drover.db")),
      drop: async () => rm(folder, { recursive: true }),
    };
  },
};
const postgres: Engine = {
  name: "PostgreSQL",
  create: async () => {
    const database = await createTestDatabase();
    return { open: async () => openPostgres(database.url, silentLogger), drop: async () => database.drop() };
  },
};

/** Every engine that the machine has, to run one suite against each. */
export const engines: readonly Engine[] = havePostgres() ? [sqlite, postgres] : [sqlite];
