import * as z from "zod";
import { type Database, type Sql, textColumn } from "./database.ts";

const runSchema = z.object({
  /** The version that the run began with, exclusive. */
  from: z.number(),
  /** The last one that it is known to have given out. */
  to: z.number(),
});

type Run = z.infer<typeof runSchema>;

/** Which versions the processes that worked with a store gave out, one after the other, as the store itself knows. */
export interface VersionRuns {
  /** The version that this process begins with. */
  readonly first: number;
  /** Whether a version may have been given out: else it is of a future of the store that was lost, by a backup restored. */
  knows(version: number, durable: number): boolean;
  /** Makes durable with a write up to where versions are given out. */
  note(sql: Sql, durable: number): Promise<void>;
  /** Takes every version up to this one for given out from now on; durable with `sql`. */
  adopt(sql: Sql, upTo: number): Promise<void>;
}

/** Runs that are remembered one by one; what came before them counts as given out. */
const maxRuns = 200;

/**
 * Returns what is known of a store's versions, and begins a run that leaves out `gap` versions. A store that is restored
 * begins another run from the same place: by gaps of random size its versions are not those of the future that was lost.
 */
export async function openVersionRuns(db: Database, last: number, gap: number): Promise<VersionRuns> {
  const first = last + gap;
  let before: readonly Run[] = [];
  await db.transaction(async (sql) => {
    const [row] = await sql.all("SELECT value FROM meta WHERE key = 'version_runs'", []);
    before = row === undefined ? [{ from: 0, to: last }] : readRuns(textColumn(row, "value"));
    const [written] = await sql.all("SELECT value FROM meta WHERE key = 'version_written'", []);
    const to = written === undefined ? undefined : Number(textColumn(written, "value"));
    const latest = before.at(-1);
    if (latest !== undefined && to !== undefined && to > latest.to)
      before = [...before.slice(0, -1), { ...latest, to }];
    if (before.length >= maxRuns)
      before = [{ from: 0, to: before.at(-maxRuns + 1)?.to ?? 0 }, ...before.slice(-maxRuns + 2)];
    await writeMeta(sql, "version_runs", JSON.stringify([...before, { from: first, to: first }]));
  });
  return {
    first,
    knows: (version, durable) =>
      version >= first ? version <= durable : before.some(({ from, to }) => version >= from && version <= to),
    note: async (sql, durable) => writeMeta(sql, "version_written", String(durable)),
    adopt: async (sql, upTo) => {
      await writeMeta(
        sql,
        "version_runs",
        JSON.stringify([
          { from: 0, to: first },
          { from: first, to: upTo },
        ]),
      );
      await writeMeta(sql, "version_written", String(upTo));
      before = [{ from: 0, to: first }];
    },
  };
}

function readRuns(text: string): readonly Run[] {
  return z.array(runSchema).parse(JSON.parse(text));
}

async function writeMeta(sql: Sql, key: string, value: string): Promise<void> {
  await sql.run("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [
    key,
    value,
  ]);
}
