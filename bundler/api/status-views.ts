import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { notActedOnStatus } from "../../shared/bundle/not-acted-on.ts";
import { clusterNamespace } from "../../shared/names.ts";
import {
  type CountedState,
  rollUpStatus,
  type StateCounts,
  sumCounts,
  worstState,
} from "../../shared/status/roll-up-status.ts";
import {
  conditionMessage,
  deploymentMessage,
  listedEntries,
  type NotReadyEntry,
} from "../../shared/status/status-message.ts";
import type { Workspace } from "../desired/hub.ts";
import { deploymentsOf } from "../desired/desired-document.ts";
import { describeLoss } from "../desired/loss.ts";
import { withheldRemovals } from "../desired/withheld-removals.ts";
import type { GitFault, GitState } from "../store/git-state-table.ts";

/** Returns the computed status of a Bundle. */
export function bundleStatus(workspace: Workspace, object: ApiObject): JsonObject {
  const name = object.metadata.name ?? "";
  const fault = workspace.faultyBundles.get(name);
  const counts = workspace.status.countBundle(name);
  const entries = bundleEntries(workspace, name);
  return {
    observedGeneration: object.metadata.generation ?? 1,
    ...rolledUp(counts, entries, fault === undefined ? undefined : `${fault.code}: ${fault.message}`),
    ...notActedOnStatus("Bundle", object["spec"]),
    display: { readyClusters: readyOf(counts), state: fault === undefined ? worstState(counts) : "ErrApplied" },
  };
}

/** Returns the computed status of a GitRepo: what came of its commits, and the sum over its bundles. */
export function gitRepoStatus(
  workspace: Workspace,
  object: ApiObject,
  { state, nowMs, unbuilt }: { readonly state: GitState; readonly nowMs: number; readonly unbuilt: readonly string[] },
): JsonObject {
  const name = object.metadata.name ?? "";
  const bundles = [...workspace.bundles.values()].filter(({ gitRepo }) => gitRepo === name);
  const counted = bundles.map((bundle) => ({ bundle: bundle.name, counts: workspace.status.countBundle(bundle.name) }));
  const counts = sumCounts(counted.map(({ counts: own }) => own));
  const entries = counted
    .filter(({ counts: own }) => worstState(own) !== "Ready")
    .map(({ bundle, counts: own }) =>
      withMessage(bundle, worstState(own), bundleEntries(workspace, bundle)[0]?.message),
    );
  const all = state.pollFault === undefined ? state.faults : [state.pollFault, ...state.faults];
  const held = workspace.budget.heldLoss(name, nowMs);
  const restored = workspace.restored ? [restoredText(unbuilt)] : [];
  const faults = [
    ...all.map(faultText),
    ...(held === undefined ? [] : [`REMOVAL_HELD: ${describeLoss(name, held)}`]),
    ...restored,
  ];
  const accepted = faults.length === 0;
  return {
    observedGeneration: object.metadata.generation ?? 1,
    ...(state.commit === undefined ? {} : { commit: state.commit }),
    ...(state.lastPoll === undefined ? {} : { lastPollingTriggered: state.lastPoll }),
    ...rolledUp(counts, entries, accepted ? undefined : faults.join("\n")),
    desiredReadyClusters: rollUpStatus(counts).desiredReady,
    readyClusters: rollUpStatus(counts).ready,
    display: {
      readyBundleDeployments: readyOf(counts),
      state: accepted ? worstState(counts) : "GitUpdating",
      ...(accepted ? {} : { message: faults.join("\n"), error: true }),
    },
    ...(state.warnings.length === 0 ? {} : { warnings: [...state.warnings] }),
    faults: all.map(present),
    ...notActedOnStatus("GitRepo", object["spec"]),
    ...(held === undefined ? {} : { heldRemoval: { ...held, bundles: [...held.bundles] } }),
  };
}

function restoredText(unbuilt: readonly string[]): string {
  const what =
    unbuilt.length === 0
      ? "clusters remove nothing that it does not aim at them"
      : `clusters keep all that they have while it looks at GitRepo ${unbuilt.join(", ")}, and remove nothing`;
  return `STORE_RESTORED: the hub was restored from a backup: ${what}, until somebody approves it with \`drover approve restore\``;
}

/** Returns the computed status of a Cluster. */
export function clusterStatus(workspace: Workspace, object: ApiObject): JsonObject {
  const name = object.metadata.name ?? "";
  const cluster = workspace.status.partition.clusters.get(name);
  const said = workspace.status.reportOf(name);
  const counts: StateCounts =
    cluster === undefined ? new Map<CountedState, number>() : workspace.status.countCluster(cluster);
  const entries = [...(said?.exceptions.values() ?? [])]
    .filter(({ state }) => state !== "Ready")
    .map((status) =>
      withMessage(
        status.bundle.slice(status.bundle.indexOf("/") + 1),
        countedState(status.state),
        deploymentMessage(status),
      ),
    );
  const withheld = withheldRemovals(workspace, name);
  const fault =
    said?.agent?.lastError ??
    (said === undefined || said.online ? undefined : "the agent has not been heard of lately") ??
    (withheld.length === 0
      ? undefined
      : `STORE_RESTORED: keeps ${withheld.join(", ")} until somebody approves it with \`drover approve restore\``);
  const clusterClass = workspace.status.partition.classOf(name);
  return {
    namespace: clusterNamespace(workspace.namespace, name),
    ...rolledUp(counts, entries, fault),
    ...(said === undefined
      ? {}
      : {
          agent: {
            lastSeen: new Date(said.seenMs).toISOString(),
            namespace: "drover-system",
            ...present(said.agent ?? {}),
          },
        }),
    ...(withheld.length === 0 ? {} : { heldRemoval: { bundles: withheld } }),
    display: { readyBundles: readyOf(counts), state: said === undefined ? "WaitCheckIn" : worstState(counts) },
    desiredBundles:
      clusterClass === undefined ? 0 : deploymentsOf(clusterClass, workspace.status.partition.bundles).length,
  };
}

/** Returns the computed status of a ClusterGroup, from the classes that belong to it. */
export function clusterGroupStatus(workspace: Workspace, object: ApiObject): JsonObject {
  const name = object.metadata.name ?? "";
  const { partition } = workspace.status;
  const classes = [...partition.classes.values()].filter(({ groups }) => groups.some((group) => group.name === name));
  const counted = classes.map((clusterClass) => workspace.status.countClass(clusterClass));
  const total = (of: (counts: (typeof counted)[number]) => number): number =>
    counted.reduce((sum, counts) => sum + of(counts), 0);
  const [clusters, ready] = [total((counts) => counts.clusters), total((counts) => counts.ready)];
  const listed: string[] = [];
  for (const clusterClass of classes)
    if (listed.length < listedEntries)
      listed.push(...workspace.status.notReadyIn(clusterClass, listedEntries - listed.length));
  const counts = sumCounts(counted.map(({ states }) => states));
  const fault = workspace.faultyGroups.get(name);
  return {
    clusterCount: clusters,
    nonReadyClusterCount: clusters - ready,
    nonReadyClusters: listed,
    ...rolledUp(counts, [], fault === undefined ? undefined : `${fault.code}: ${fault.message}`),
    display: {
      readyClusters: `${ready}/${clusters}`,
      readyBundles: readyOf(counts),
      state: fault === undefined ? worstState(counts) : "ErrApplied",
    },
  };
}

function bundleEntries(workspace: Workspace, bundle: string): NotReadyEntry[] {
  return [...workspace.status.exceptionsOf(bundle)]
    .filter(([, status]) => status.state !== "Ready")
    .slice(0, listedEntries)
    .map(([cluster, status]) =>
      withMessage(`${workspace.namespace}/${cluster}`, countedState(status.state), deploymentMessage(status)),
    );
}

function withMessage(name: string, bundleState: CountedState, message: string | undefined): NotReadyEntry {
  return message === undefined ? { name, bundleState } : { name, bundleState, message };
}

function countedState(state: CountedState | "Orphaned"): CountedState {
  return state === "Orphaned" ? "OutOfSync" : state;
}

function readyOf(counts: StateCounts): string {
  const { ready, desiredReady } = rollUpStatus(counts);
  return `${ready}/${desiredReady}`;
}

function rolledUp(counts: StateCounts, entries: readonly NotReadyEntry[], fault: string | undefined): JsonObject {
  const ready = fault === undefined && worstState(counts) === "Ready";
  const message = [fault, conditionMessage(counts, entries)]
    .filter((part) => part !== undefined && part !== "")
    .join("; ");
  const summary = {
    ...rollUpStatus(counts),
    ...(entries.length === 0 ? {} : { nonReadyResources: entries.map((entry) => ({ ...entry })) }),
  };
  return {
    summary,
    conditions: [{ type: "Ready", status: ready ? "True" : "False", ...(message === "" ? {} : { message }) }],
  };
}

/** Returns the fields that have a value. */
function present(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** Returns a fault in one line, its place in front unless the message begins with it. */
function faultText({ code, directory, file, line, message }: GitFault): string {
  const place = [file ?? directory, line].filter((part) => part !== undefined && part !== "").join(":");
  return place === "" || message.includes(place) ? `${code}: ${message}` : `${place}: ${code}: ${message}`;
}
