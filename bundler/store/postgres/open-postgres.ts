import pg from "pg";
import { AppError } from "../../../shared/errors.ts";
import type { Logger } from "../../../shared/log.ts";
import type { Database, Row, Sql, SqlValue } from "../database.ts";

const bigIntType = 20;
const statementTimeoutMs = 30_000;

/** One bundler owns a database; the number is ours, PostgreSQL only compares it. */
const ownerLock = 0x64_72_6f_76;

/**
 * Opens PostgreSQL behind the same interface as SQLite. Transactions run one at a time on one connection, reads
 * outside of them on a small pool. An advisory lock makes sure that only one bundler uses the schema.
 * Throws STORE_LOCKED when another one holds it, STORE_UNAVAILABLE when the server does not answer.
 */
export async function openPostgres(url: string, log: Logger): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1000,
    types: { getTypeParser: parserOf },
  });
  // Without a listener a restart of the database would end the process.
  pool.on("error", (error) => log.warn({ error: error.message }, "database connection lost"));
  const owner = await takeOwnership(pool);
  owner.on("error", (error) => log.error({ error: error.message }, "database ownership lost"));
  let queue: Promise<unknown> = Promise.resolve();

  const transaction = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      const result = await work(on(client));
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      await client.query("ROLLBACK").then(
        () => client.release(),
        (rollbackError: unknown) => client.release(rollbackError instanceof Error ? rollbackError : true),
      );
      throw error;
    }
  };
  return {
    engine: "postgres",
    ...on(pool),
    transaction: async (work) => {
      const turn = queue.then(
        async () => transaction(work),
        async () => transaction(work),
      );
      queue = turn.catch(() => undefined);
      return turn;
    },
    [Symbol.asyncDispose]: async () => {
      await queue;
      // Whoever starts next may come before the server has noticed that this connection ended; a lost one has no lock any more.
      await owner.query("SELECT pg_advisory_unlock_all()").catch(() => undefined);
      owner.release(true);
      await pool.end();
    },
  };
}

type Client = Pick<pg.ClientBase, "query"> | pg.Pool;

function on(client: Client): Sql {
  return {
    all: async (text, parameters = []) => (await query(client, text, parameters)).rows as Row[],
    run: async (text, parameters = []) => (await query(client, text, parameters)).rowCount ?? 0,
  };
}

async function takeOwnership(pool: pg.Pool): Promise<pg.PoolClient> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    await pool.end();
    throw new AppError(
      "STORE_UNAVAILABLE",
      "PostgreSQL does not answer: check `databaseUrl` and that the server runs",
      { cause: error },
    );
  }
  const { rows } = await client.query<{ taken: boolean }>(
    "SELECT pg_try_advisory_lock($1, hashtext(current_database() || current_schema())) AS taken",
    [ownerLock],
  );
  if (rows[0]?.taken === true) return client;
  client.release(true);
  await pool.end();
  throw new AppError(
    "STORE_LOCKED",
    "another bundler uses this PostgreSQL database: stop it, or give this one a database of its own",
    { verdict: "stalled" },
  );
}

async function query(client: Client, text: string, parameters: readonly SqlValue[]): Promise<pg.QueryResult> {
  let index = 0;
  const numbered = text.replaceAll("?", () => `$${++index}`);
  const values = parameters.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  );
  return client.query({ text: numbered, values });
}

/** Sequence numbers and times are below 2^53, so 64-bit integers may be JavaScript numbers. */
const parserOf: typeof pg.types.getTypeParser = (
  type: Parameters<typeof pg.types.getTypeParser>[0],
  format?: unknown,
) =>
  (type as number) === bigIntType ? (value: string) => Number(value) : pg.types.getTypeParser(type, format as "text");
