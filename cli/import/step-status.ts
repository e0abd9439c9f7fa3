import { textOption, UsageError } from "../command.ts";
import { connectCluster } from "../hub-client.ts";
import { printColumns } from "../output.ts";
import { isAgentStopped, readFleetAgent } from "./fleet-agent.ts";
import { type ImportStep, readMigrationObjects, type StepContext } from "./import-steps.ts";
import { migrationStateOf } from "./migration-state-of.ts";
import { type ClusterPlan, migrationSteps, planMigration } from "./plan-migration.ts";

/** Prints which steps are done on each cluster and what is next; ends with 3 while something is left. */
export const stepStatus: ImportStep = async (step) => {
  const { context } = step;
  const plan = planMigration(migrationStateOf(await readMigrationObjects(step), await askedAgents(step)));
  const rows = plan.clusters.map(({ cluster, steps, next }) => [
    cluster,
    ...steps.map(({ done }) => (done ? "done" : "-")),
    next?.step ?? "",
  ]);
  if (rows.length > 0) {
    context.print(printColumns(["CLUSTER", ...migrationSteps.map((name) => name.toUpperCase()), "NEXT"], rows));
    context.print("");
  }
  for (const cluster of plan.clusters) printNext(cluster, step);
  if (plan.clusters.length === 0 && plan.gitRepos.length > 0)
    context.print(
      `${plan.gitRepos.length} GitRepos are in Fleet and reach no cluster: drover import fleet delete-gitrepos`,
    );
  if (plan.done) context.print("nothing of GitRepos is left in Fleet");
  return plan.done ? 0 : 3;
};

function printNext({ cluster, next }: ClusterPlan, { context }: StepContext): void {
  if (next === undefined) return;
  context.print(`${cluster}: ${next.command}`);
  for (const line of next.missing) context.print(`  ${line}`);
}

/** With a kubeconfig of one cluster its agent is asked; for others the evidence counts that `stop-agent` left. */
async function askedAgents({ input, context }: StepContext): Promise<ReadonlyMap<string, "running" | "stopped">> {
  const id = textOption(input, "cluster");
  const client = await connectCluster(input, context);
  if (client === undefined) return new Map();
  if (id?.includes("/") !== true) throw new UsageError("--cluster WORKSPACE/NAME says whose kubeconfig that is");
  return new Map([[id, isAgentStopped(await readFleetAgent(client, id)) ? "stopped" : "running"]]);
}
