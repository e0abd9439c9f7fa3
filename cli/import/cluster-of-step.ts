import type { JsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import { textOption, UsageError } from "../command.ts";
import { connectCluster, fleetPath, type HubClient } from "../hub-client.ts";
import { type FleetAgent, isAgentStopped, readFleetAgent } from "./fleet-agent.ts";
import { incomplete, readMigrationObjects, type StepContext } from "./import-steps.ts";
import { idOf, textAt } from "./json-path.ts";
import type { MigratingCluster } from "./migration-state.ts";
import { migrationStateOf } from "./migration-state-of.ts";
import { type ClusterPlan, firstEarlierStep, type MigrationStep, planMigration } from "./plan-migration.ts";

/** The cluster that a step is about. */
export interface ClusterOfStep {
  /** `<workspace>/<name>`. */
  readonly id: string;
  readonly client: HubClient;
  readonly agent: FleetAgent;
  readonly state: MigratingCluster;
  /** undefined: no GitRepo of Fleet was ever deployed to it. */
  readonly plan: ClusterPlan | undefined;
  /** Path of Fleet's Cluster, where evidence is left. */
  readonly path: string;
}

/**
 * Returns the cluster that `--cluster` and `--cluster-kubeconfig` name, with what it and Fleet say of it now. Throws
 * IMPORT_INCOMPLETE when an earlier step is not done.
 */
export async function clusterOfStep(step: StepContext, name: MigrationStep): Promise<ClusterOfStep> {
  const wanted = textOption(step.input, "cluster");
  if (wanted === undefined) throw new UsageError("--cluster is missing: NAME, or WORKSPACE/NAME");
  const client = await connectCluster(step.input, step.context);
  if (client === undefined) throw new UsageError("--cluster-kubeconfig is missing: the kubeconfig of that cluster");
  // The agent serves all workspaces: whichever are migrated, all that it deployed must be safe.
  const objects = await readMigrationObjects({ ...step, workspaces: [] });
  const id = findCluster(objects.clusters, wanted);
  const agent = await readFleetAgent(client, id);
  const state = migrationStateOf(objects, new Map([[id, isAgentStopped(agent) ? "stopped" : "running"]]));
  const plan = planMigration(state).clusters.find(({ cluster }) => cluster === id);
  const early = plan === undefined ? undefined : firstEarlierStep(plan, name);
  if (early !== undefined) throw incomplete(`${name} of ${id} waits for ${early.step}`, early);
  const [workspace = "", cluster = ""] = id.split("/");
  const own = state.clusters.find((entry) => entry.workspace === workspace && entry.name === cluster);
  if (own === undefined) throw new AppError("INTERNAL", `cluster ${id} has no state`);
  return { id, client, agent, state: own, plan, path: fleetPath("clusters", workspace, cluster) };
}

function findCluster(clusters: readonly JsonObject[], wanted: string): string {
  const found = clusters.map(idOf).filter((id) => id === wanted || id.endsWith(`/${wanted}`));
  const [id] = found;
  if (id !== undefined && found.length === 1) return id;
  const all = clusters.map((cluster) => `${idOf(cluster)} (${displayName(cluster)})`);
  throw new UsageError(
    found.length === 0
      ? `Fleet has no Cluster ${wanted}; it has ${all.join(", ") || "none"}`
      : `several workspaces have a Cluster ${wanted}: say --cluster ${found.join(" or ")}`,
  );
}

function displayName(cluster: JsonObject): string {
  const label = textAt(cluster, "metadata", "labels", "management.cattle.io/cluster-display-name");
  return label === "" ? textAt(cluster, "metadata", "name") : label;
}
