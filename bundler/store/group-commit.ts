import type { Database, Sql } from "./database.ts";

/** Makes many small writes durable with few commits. */
export interface GroupCommit {
  /** Resolves when the write is durable; rejects when it failed. One that fails takes no other with it. */
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

  /** Returns whether it is durable; a single write that failed has been told so, several may be tried one by one. */
  const commit = async (batch: readonly Waiting[]): Promise<boolean> => {
    try {
      await db.transaction(async (sql) => {
        for (const { write } of batch) await write(sql);
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      return false;
    }
    for (const { resolve } of batch) resolve();
    return true;
  };
  const flush = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (gathered.length > 0) {
      const batch = gathered;
      gathered = [];
      if (!(await commit(batch)) && batch.length > 1) for (const alone of batch) await commit([alone]);
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
