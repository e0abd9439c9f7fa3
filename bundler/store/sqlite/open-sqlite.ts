import { DatabaseSync, type StatementSync } from "node:sqlite";
import { AppError } from "../../../shared/errors.ts";
import type { Database, Row, Sql, SqlValue } from "../database.ts";

/**
 * Opens (or makes) the embedded database: WAL, `synchronous=FULL`, and an exclusive lock, since only one bundler may
 * use the file. Reads inside and outside transactions see the same connection; transactions run one at a time.
 * Throws STORE_LOCKED when another process holds the file.
 */
export function openSqlite(file: string): Database {
  const connection = connect(file);
  const statements = new Map<string, StatementSync>();
  let queue: Promise<unknown> = Promise.resolve();

  const prepare = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = connection.prepare(text);
    statements.set(text, statement);
    return statement;
  };
  const sql: Sql = {
    all: async (text, parameters = []) => prepare(text).all(...parameters) as unknown as Row[],
    run: async (text, parameters = []) => Number(prepare(text).run(...parameters).changes),
  };
  /** Outside transactions a statement waits its turn, or it would land in somebody else's open transaction. */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  return {
    engine: "sqlite",
    all: async (text: string, parameters?: readonly SqlValue[]) => inTurn(async () => sql.all(text, parameters)),
    run: async (text: string, parameters?: readonly SqlValue[]) => inTurn(async () => sql.run(text, parameters)),
    transaction: async (work) =>
      inTurn(async () => {
        connection.exec("BEGIN IMMEDIATE");
        try {
          const result = await work(sql);
          connection.exec("COMMIT");
          return result;
        } catch (error) {
          connection.exec("ROLLBACK");
          throw error;
        }
      }),
    [Symbol.asyncDispose]: async () => {
      await queue;
      connection.close();
    },
  };
}

function connect(file: string): DatabaseSync {
  const connection = new DatabaseSync(file);
  try {
    connection.exec("PRAGMA locking_mode = EXCLUSIVE");
    connection.exec("PRAGMA journal_mode = WAL");
    connection.exec("PRAGMA synchronous = FULL");
    connection.exec("PRAGMA foreign_keys = ON");
    // Under an exclusive locking mode the first write takes the lock for the life of the connection.
    connection.exec("BEGIN IMMEDIATE; COMMIT");
    return connection;
  } catch (error) {
    connection.close();
    throw new AppError(
      "STORE_LOCKED",
      `database ${file} cannot be opened alone: stop the other bundler that uses it, or give this one its own data folder`,
      {
        verdict: "stalled",
        cause: error,
      },
    );
  }
}
