import type { Database, Sql } from "./database.ts";

/** Makes many small writes durable with few commits. */
export interface GroupCommit {
  /** Resolves when the write is durable; rejects when its transaction failed, with all writes that shared it. */
  submit(write: (sql: Sql) => Promise<void>): Promise<void>;
}

interface Waiting {
  readonly write: (sql: Sql) => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Returns a group commit over a database: while one transaction is being written, further writes gather and go
 * together into the next. Under light load a write waits for nothing, under heavy load the disk's pace sets the batch.
 */
export function createGroupCommit(db: Database): GroupCommit {
  let gathered: Waiting[] = [];
  let running = false;

  const flush = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (gathered.length > 0) {
      const batch = gathered;
      gathered = [];
      await db
        .transaction(async (sql) => {
          for (const { write } of batch) await write(sql);
        })
        .then(
          () => batch.forEach(({ resolve }) => resolve()),
          (error: unknown) => batch.forEach(({ reject }) => reject(error)),
        );
    }
    running = false;
  };

  return {
    submit: async (write) =>
      new Promise<void>((resolve, reject) => {
        gathered.push({ write, resolve, reject });
        // The microtask lets the writes of one turn of the event loop share the first commit already.
        queueMicrotask(() => void flush());
      }),
  };
}
