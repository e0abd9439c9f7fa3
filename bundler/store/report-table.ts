import * as z from "zod";
import { deploymentStatusSchema, type DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import { type Database, numberColumn, type Sql, textColumn } from "./database.ts";

/** What an agent holds: per bundle the applied deployment ID and the state. Clusters alike share one stored report. */
export const reportSchema = z.array(
  z.object({ bundle: z.string(), id: z.string().optional(), state: deploymentStatusSchema.shape.state }),
);
export type Report = z.infer<typeof reportSchema>;

const agentInfoSchema = z.object({
  version: z.string(),
  kubeVersion: z.string().optional(),
  lastError: z.string().optional(),
});
export type AgentInfo = z.infer<typeof agentInfoSchema>;

/** What one cluster last reported. */
export interface ClusterState {
  readonly reportDigest: string;
  /** Statuses that say more than a state: errors, drift, objects not ready. */
  readonly exceptions: readonly DeploymentStatus[];
  readonly agent: AgentInfo | undefined;
  readonly seenMs: number;
}

/** Reports of clusters: an interned body per distinct report, a short row per cluster. */
export interface ReportTable {
  readReports(): Promise<Map<string, Report>>;
  readStates(): Promise<{ namespace: string; name: string; state: ClusterState }[]>;
  saveReport(sql: Sql, digest: string, report: Report): Promise<void>;
  saveState(sql: Sql, key: { namespace: string; name: string }, state: ClusterState): Promise<void>;
  removeState(sql: Sql, key: { namespace: string; name: string }): Promise<void>;
  /** Deletes interned reports that no cluster holds any more. */
  sweep(): Promise<number>;
}

/** Returns the table of reports. */
export function createReportTable(db: Database): ReportTable {
  return {
    readReports: async () =>
      new Map(
        (await db.all("SELECT digest, body FROM reports")).map((row) => [
          textColumn(row, "digest"),
          reportSchema.parse(JSON.parse(textColumn(row, "body"))),
        ]),
      ),
    readStates: async () =>
      (await db.all("SELECT namespace, name, report, exceptions, agent, seen_ms FROM cluster_states")).map((row) => ({
        namespace: textColumn(row, "namespace"),
        name: textColumn(row, "name"),
        state: {
          reportDigest: textColumn(row, "report"),
          exceptions: z.array(deploymentStatusSchema).parse(JSON.parse(optionalText(row["exceptions"], "[]"))),
          agent: agentInfoSchema
            .optional()
            .parse(row["agent"] === null ? undefined : JSON.parse(textColumn(row, "agent"))),
          seenMs: numberColumn(row, "seen_ms"),
        },
      })),
    saveReport: async (sql, digest, report) => {
      await sql.run("INSERT INTO reports (digest, body) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", [
        digest,
        JSON.stringify(report),
      ]);
    },
    saveState: async (sql, key, state) => {
      await sql.run(
        `INSERT INTO cluster_states (namespace, name, report, exceptions, agent, seen_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (namespace, name) DO UPDATE SET report = excluded.report, exceptions = excluded.exceptions, agent = excluded.agent, seen_ms = excluded.seen_ms`,
        [
          key.namespace,
          key.name,
          state.reportDigest,
          state.exceptions.length === 0 ? null : JSON.stringify(state.exceptions),
          state.agent === undefined ? null : JSON.stringify(state.agent),
          state.seenMs,
        ],
      );
    },
    removeState: async (sql, key) => {
      await sql.run("DELETE FROM cluster_states WHERE namespace = ? AND name = ?", [key.namespace, key.name]);
    },
    sweep: async () =>
      db.run(
        "DELETE FROM reports WHERE NOT EXISTS (SELECT 1 FROM cluster_states WHERE cluster_states.report = reports.digest)",
      ),
  };
}

function optionalText(value: unknown, absent: string): string {
  return typeof value === "string" ? value : absent;
}
