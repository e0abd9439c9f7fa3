/** A value in a row. Booleans are 0/1, times are epoch milliseconds, JSON is text. */
export type SqlValue = string | number | null | Uint8Array;

/** One row, by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

/** Runs statements of the portable subset: `?` parameters, `INSERT … ON CONFLICT … DO UPDATE`, `RETURNING`. */
export interface Sql {
  /** Returns all rows of a query. */
  all(statement: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs a statement and returns how many rows it changed. */
  run(statement: string, parameters?: readonly SqlValue[]): Promise<number>;
}

/** A database with the one schema of `migrations/`; the same SQL runs on SQLite and on PostgreSQL. */
export interface Database extends Sql, AsyncDisposable {
  readonly engine: "sqlite" | "postgres";
  /** Runs `work` in one transaction, one at a time; what it wrote is durable when the promise resolves. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** Returns a text column's value; throws when the row has none, which means that SQL and code disagree. */
export function textColumn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`column ${column} holds ${typeof value}, not text`);
  return value;
}

/** Returns a number column's value; throws as `textColumn` does. */
export function numberColumn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`column ${column} holds ${typeof value}, not a number`);
  return value;
}

/** Returns a bytes column's value; throws as `textColumn` does. */
export function bytesColumn(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${column} holds ${typeof value}, not bytes`);
  return value;
}
