import * as z from "zod";
import { chartPinSchema } from "../../shared/bundle/charts/chart-pins.ts";
import { type Database, type Sql, textColumn } from "./database.ts";

const faultSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** Directory whose bundle failed; absent for a fault of the whole repository. */
  directory: z.string().optional(),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  count: z.number(),
});

const gitStateSchema = z.object({
  /** Commit whose bundles are in force; absent before the first success. */
  commit: z.string().optional(),
  /** Generation of the GitRepo that these bundles were built from. */
  generation: z.number().optional(),
  /** Hash of everything besides the commit that decided about the bundles. */
  optionsHash: z.string().optional(),
  /** Time in milliseconds since 1970 at which the same commit is to be built again. */
  againAtMs: z.number().optional(),
  /** forceSyncGeneration that this was built with. */
  forceSync: z.number().optional(),
  /** What the charts of the bundles in force came to. */
  charts: z.array(chartPinSchema).optional(),
  lastPoll: z.string().optional(),
  /** Why the remote cannot be looked at; absent while it answers. */
  pollFault: faultSchema.optional(),
  /** Faults of fetching and building, kept until a success. */
  faults: z.array(faultSchema),
  warnings: z.array(z.string()),
});

/** A fault of a GitRepo, with first and last time and how often it was seen in a row. */
export type GitFault = z.infer<typeof faultSchema>;

/** What the hub knows of a GitRepo besides the object itself. */
export type GitState = z.infer<typeof gitStateSchema>;

/** The state of a GitRepo that was never looked at. */
export const newGitState: GitState = { faults: [], warnings: [] };

/** What came of looking at each GitRepo. */
export interface GitStateTable {
  readAll(): Promise<{ namespace: string; name: string; state: GitState }[]>;
  save(sql: Sql, key: { namespace: string; name: string }, state: GitState): Promise<void>;
  remove(sql: Sql, key: { namespace: string; name: string }): Promise<void>;
}

/** Returns the table of GitRepo states. */
export function createGitStateTable(db: Database): GitStateTable {
  return {
    readAll: async () =>
      (await db.all("SELECT namespace, name, body FROM git_states")).map((row) => ({
        namespace: textColumn(row, "namespace"),
        name: textColumn(row, "name"),
        state: gitStateSchema.parse(JSON.parse(textColumn(row, "body"))),
      })),
    save: async (sql, key, state) => {
      await sql.run(
        "INSERT INTO git_states (namespace, name, body) VALUES (?, ?, ?) ON CONFLICT (namespace, name) DO UPDATE SET body = excluded.body",
        [key.namespace, key.name, JSON.stringify(state)],
      );
    },
    remove: async (sql, key) => {
      await sql.run("DELETE FROM git_states WHERE namespace = ? AND name = ?", [key.namespace, key.name]);
    },
  };
}
