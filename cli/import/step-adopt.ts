import { defaultAgentNamespace } from "../../shared/api/annotations.ts";
import { AppError } from "../../shared/errors.ts";
import { textOption } from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { readObjectPaths } from "./cluster-kinds.ts";
import { type ClusterOfStep, clusterOfStep } from "./cluster-of-step.ts";
import { findLeftObjects } from "./find-left-objects.ts";
import { findObject } from "./fleet-objects.ts";
import { missingAtHub } from "./hub-deployments.ts";
import { adoptedAnnotation, pausedAnnotation, releasesRemovedAnnotation } from "./import-marks.ts";
import { type ImportStep, mergePatch, type StepContext } from "./import-steps.ts";
import { textAt, valueAt } from "./json-path.ts";
import type { Adopted } from "./migration-state.ts";
import { describeMarked, readMarks } from "./object-marks.ts";
import { readInventories } from "./read-inventories.ts";
import { readReleaseSecrets } from "./release-records.ts";
import { waitUntilNone } from "./wait-until-none.ts";

/** Lets Drover take a cluster over, waits until it has, and leaves evidence of it on Fleet's Cluster. */
export const stepAdopt: ImportStep = async (step) => {
  const { context, input, dryRun } = step;
  const of = await clusterOfStep(step, "adopt");
  const [workspace = ""] = of.id.split("/");
  const options = {
    kubeconfig: input.options["hub-kubeconfig"],
    context: input.options["hub-context"],
    namespace: workspace,
  };
  const hub = await context.hub({ ...input, options });
  await release(step, hub, of);
  const evidence = await adoptedAfter(of, context.nowMs());
  const releases = Object.keys(evidence.releases);
  const look = async (): Promise<string[]> => missingAdoption(step, hub, { of, releases });
  if (dryRun) {
    for (const line of await look()) context.print(line);
    return 0;
  }
  await waitUntilNone(`Drover has adopted ${of.id}`, look, step);
  const owned = await readInventories(of.client, agentNamespace(step));
  const objectPath = await readObjectPaths(of.client);
  const left = await findLeftObjects(of.client, { objectPath, owned, releases });
  for (const line of left) context.printError(line);
  const known = JSON.stringify({ ...of.state.adopted, time: "" }) === JSON.stringify({ ...evidence, time: "" });
  if (!known) {
    const annotations = { [adoptedAnnotation]: JSON.stringify(evidence), [releasesRemovedAnnotation]: null };
    await mergePatch(step.fleet, of.path, { metadata: { annotations } });
  }
  const deployments = `${evidence.deployments.length} deployments`;
  context.print(`${of.id}: ${deployments} with ${owned.length} objects are Drover's, ${left.length} objects are left`);
  return 0;
};

/** The Cluster that `manifests` wrote as paused gets its bundles from now on; one that a person paused stays so. */
async function release({ context, dryRun }: StepContext, hub: HubClient, { id }: ClusterOfStep): Promise<void> {
  const [workspace = "", name = ""] = id.split("/");
  const path = fleetPath("clusters", workspace, name);
  const cluster = await findObject(hub, path);
  if (cluster === undefined)
    throw new AppError(
      "IMPORT_INCOMPLETE",
      `the hub has no Cluster ${id}: apply what \`drover import fleet manifests -o dir=OUT\` writes, and start its agent with \`drover agent --cluster-name ${name}\``,
      { verdict: "stalled" },
    );
  if (textAt(cluster, "status", "agent", "lastSeen") === "")
    throw new AppError(
      "IMPORT_INCOMPLETE",
      `no agent of Cluster ${id} has reported to the hub: start it with \`drover agent --cluster-name ${name}\``,
      { verdict: "stalled" },
    );
  const isPaused = valueAt(cluster, "spec", "paused") === true;
  if (!isPaused) return;
  if (textAt(cluster, "metadata", "annotations", pausedAnnotation) === "")
    throw new AppError(
      "IMPORT_INCOMPLETE",
      `Cluster ${id} is paused, not by this import: set its spec.paused to false at the hub`,
      { verdict: "stalled" },
    );
  context.print(`Cluster ${id} at the hub ${dryRun ? "would be" : "is"} unpaused`);
  if (dryRun) return;
  await mergePatch(hub, path, { metadata: { annotations: { [pausedAnnotation]: null } }, spec: { paused: false } });
}

async function missingAdoption(
  step: StepContext,
  hub: HubClient,
  { of, releases }: { readonly of: ClusterOfStep; readonly releases: readonly string[] },
): Promise<string[]> {
  const applied = of.state.deployments.filter((deployment) => deployment.release !== "").map(({ id }) => id);
  const atHub = await missingAtHub(hub, of.id, [...applied, ...(of.state.adopted?.deployments ?? [])]);
  if (atHub.length > 0) return atHub;
  const owned = await readInventories(of.client, agentNamespace(step));
  const marked = await readMarks(of.client, await readObjectPaths(of.client), owned);
  return marked.map(({ wanted, marks }) => describeMarked(wanted, marks, releases));
}

/** What was adopted earlier stays adopted, although Fleet or the cluster may not show it any more. */
async function adoptedAfter({ state, client }: ClusterOfStep, nowMs: number): Promise<Adopted> {
  const applied = state.deployments.filter((deployment) => deployment.release !== "");
  const before = state.adopted;
  const releases = { ...before?.releases };
  for (const { release } of applied) {
    const secrets = await readReleaseSecrets(client, release);
    const uids = secrets.map(({ uid }) => uid);
    releases[release] = union(releases[release], uids);
  }
  const ids = applied.map(({ id }) => id);
  const gitRepos = applied.map(({ gitRepo }) => gitRepo);
  return {
    time: new Date(nowMs).toISOString(),
    deployments: union(before?.deployments, ids),
    gitRepos: union(before?.gitRepos, gitRepos),
    releases,
  };
}

function union(before: readonly string[] = [], now: readonly string[]): string[] {
  return [...new Set([...before, ...now])].toSorted();
}

function agentNamespace({ input }: StepContext): string {
  return textOption(input, "agent-namespace") ?? defaultAgentNamespace;
}
