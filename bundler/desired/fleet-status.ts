import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import {
  deploymentState,
  type CountedState,
  type ReportedState,
  type StateCounts,
  sumCounts,
  worstState,
} from "../../shared/status/roll-up-status.ts";
import type { AgentInfo, Report } from "../store/report-table.ts";
import type { ClusterClass, FleetCluster } from "./fleet.ts";
import { deploymentIn, deploymentsOf } from "./desired-document.ts";
import { createPartition, type Partition } from "./partition.ts";

/** When a cluster was last heard of. */
export interface SeenAt {
  /** Milliseconds since 1970, for people. */
  readonly seenMs: number;
  /** The same by the clock of this process that only rises. */
  readonly heardMs: number;
}

/** What a cluster last said, as the hub keeps it in memory. */
export interface ClusterReport extends SeenAt {
  readonly reportDigest: string;
  /** Statuses with more than a state, by bundle (`<workspace>/<name>`). */
  readonly exceptions: ReadonlyMap<string, DeploymentStatus>;
  readonly agent: AgentInfo | undefined;
  readonly online: boolean;
}

/** Statuses of one workspace, counted per class and report, so that no question costs work per cluster. */
export interface FleetStatus {
  readonly partition: Partition;
  /** Takes what a cluster says; the report's body is given the first time that its digest occurs. */
  report(cluster: string, said: ClusterReport, body: Report): void;
  /** A cluster said nothing new: it is there. */
  seen(cluster: string, at: SeenAt): void;
  forget(cluster: string): void;
  reportOf(cluster: string): ClusterReport | undefined;
  /** Bundle by bundle what a cluster last reported. */
  reportedStates(cluster: string): ReadonlyMap<string, ReportedState>;
  /** Marks clusters as offline that were last heard of before `heardMs`; returns them. */
  markSilent(heardMs: number): string[];
  /** Counts the states of a bundle over all clusters it is aimed at. */
  countBundle(bundle: string): StateCounts;
  /** Counts the states of all bundles of a cluster. */
  countCluster(cluster: FleetCluster): StateCounts;
  /** Counts the members of a class, and their deployments, by what they last reported: work per report, not per cluster. */
  countClass(clusterClass: ClusterClass): {
    readonly clusters: number;
    readonly ready: number;
    readonly states: StateCounts;
  };
  /** Returns some members of a class that are not ready, at most `limit`. */
  notReadyIn(clusterClass: ClusterClass, limit: number): string[];
  /** Returns what members of each class report to have, by report: how many members, and the bundles (`<workspace>/<name>`). */
  reportedBundles(): Iterable<{
    readonly outcomes: ClusterClass["outcomes"];
    readonly members: number;
    readonly held: Iterable<string>;
  }>;
  /** Clusters that reported more than a state for a bundle, with what they said. */
  exceptionsOf(bundle: string): ReadonlyMap<string, DeploymentStatus>;
}

interface Interned {
  readonly states: ReadonlyMap<string, ReportedState>;
  holders: number;
}

const offlineMark = "!";
const nothing: ReadonlyMap<string, never> = new Map<string, never>();

/** Returns the statuses of an empty workspace. `workspace` is its namespace. */
export function createFleetStatus(workspace: string): FleetStatus {
  const interned = new Map<string, Interned>();
  const reports = new Map<string, ClusterReport>();
  const exceptionsByBundle = new Map<string, Map<string, DeploymentStatus>>();
  const countCluster = (cluster: string, clusterClass: ClusterClass, by: number): void => {
    const said = reports.get(cluster);
    if (said !== undefined) count(clusterClass, keyOf(said), by);
  };
  const partition = createPartition({
    left: (cluster, from) => countCluster(cluster, from, -1),
    entered: (cluster, to) => countCluster(cluster, to, 1),
  });
  const statesOf = (key: string): ReadonlyMap<string, ReportedState> =>
    interned.get(key.replace(offlineMark, ""))?.states ?? nothing;
  const set = (cluster: string, said: ClusterReport | undefined): void => {
    const clusterClass = partition.classOf(cluster);
    const before = reports.get(cluster);
    if (clusterClass !== undefined) countCluster(cluster, clusterClass, -1);
    for (const bundle of before?.exceptions.keys() ?? []) exceptionsByBundle.get(bundle)?.delete(cluster);
    if (said === undefined) reports.delete(cluster);
    else reports.set(cluster, said);
    for (const [bundle, status] of said?.exceptions ?? []) {
      const byCluster = exceptionsByBundle.get(bundle) ?? new Map<string, DeploymentStatus>();
      exceptionsByBundle.set(bundle, byCluster.set(cluster, status));
    }
    if (clusterClass !== undefined) countCluster(cluster, clusterClass, 1);
  };
  const release = (digest: string | undefined): void => {
    const held = digest === undefined ? undefined : interned.get(digest);
    if (digest === undefined || held === undefined) return;
    held.holders--;
    if (held.holders === 0) interned.delete(digest);
  };
  const countInClass = (bundle: string, clusterClass: ClusterClass): StateCounts => {
    const full = `${workspace}/${bundle}`;
    const wanted = deploymentIn(clusterClass, partition.bundles, full);
    const counts = new Map<CountedState, number>();
    if (wanted === undefined) return counts;
    const add = (state: CountedState, by: number): void => void counts.set(state, (counts.get(state) ?? 0) + by);
    let silent = clusterClass.members.size;
    for (const [key, members] of clusterClass.reports) {
      silent -= members;
      add(deploymentState(wanted, statesOf(key).get(full), !key.endsWith(offlineMark)), members);
    }
    if (silent > 0) add(deploymentState(wanted, undefined, true), silent);
    return counts;
  };

  const countReport = (clusterClass: ClusterClass, key: string | undefined): StateCounts => {
    const states = key === undefined ? nothing : statesOf(key);
    const online = key?.endsWith(offlineMark) !== true;
    const counts = new Map<CountedState, number>();
    for (const wanted of deploymentsOf(clusterClass, partition.bundles)) {
      const state = deploymentState(wanted, states.get(wanted.bundle), online);
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  };

  return {
    partition,
    seen: (cluster, { seenMs, heardMs }) => {
      const said = reports.get(cluster);
      if (said === undefined) return;
      if (said.online) reports.set(cluster, { ...said, seenMs, heardMs });
      else set(cluster, { ...said, seenMs, heardMs, online: true });
    },
    countClass: (clusterClass) => {
      let [clusters, ready] = [0, 0];
      const states = new Map<CountedState, number>();
      for (const [key, members] of reportsIn(clusterClass)) {
        const counts = countReport(clusterClass, key);
        clusters += members;
        if (isReady(counts)) ready += members;
        for (const [state, number] of counts) states.set(state, (states.get(state) ?? 0) + number * members);
      }
      return { clusters, ready, states };
    },
    notReadyIn: (clusterClass, limit) => {
      const bad = new Set(
        reportsIn(clusterClass).flatMap(([key]) => (isReady(countReport(clusterClass, key)) ? [] : [key])),
      );
      const found: string[] = [];
      if (bad.size === 0) return found;
      for (const member of clusterClass.members) {
        const said = reports.get(member);
        if (bad.has(said === undefined ? undefined : keyOf(said)) && found.push(member) >= limit) break;
      }
      return found;
    },
    report: (cluster, said, body) => {
      const held: Interned = interned.get(said.reportDigest) ?? {
        states: new Map<string, ReportedState>(body.map(({ bundle, id, state }) => [bundle, { id, state }])),
        holders: 0,
      };
      held.holders++;
      interned.set(said.reportDigest, held);
      release(reports.get(cluster)?.reportDigest);
      set(cluster, said);
    },
    forget: (cluster) => {
      release(reports.get(cluster)?.reportDigest);
      set(cluster, undefined);
    },
    reportOf: (cluster) => reports.get(cluster),
    reportedStates: (cluster) => statesOf(reports.get(cluster)?.reportDigest ?? ""),
    markSilent: (heardMs) => {
      const silent = [...reports].filter(([, said]) => said.online && said.heardMs < heardMs);
      for (const [cluster, said] of silent) set(cluster, { ...said, online: false });
      return silent.map(([cluster]) => cluster);
    },
    countBundle: (bundle) =>
      sumCounts([...partition.classesOf(bundle)].map((clusterClass) => countInClass(bundle, clusterClass))),
    countCluster: (cluster) => {
      const clusterClass = partition.classOf(cluster.name);
      const said = reports.get(cluster.name);
      return clusterClass === undefined
        ? new Map<CountedState, number>()
        : countReport(clusterClass, said === undefined ? undefined : keyOf(said));
    },
    reportedBundles: () =>
      [...partition.classes.values()].flatMap(({ outcomes, reports: said }) =>
        [...said].map(([key, members]) => ({ outcomes, members, held: statesOf(key).keys() })),
      ),
    exceptionsOf: (bundle) => exceptionsByBundle.get(`${workspace}/${bundle}`) ?? nothing,
  };
}

function count(clusterClass: ClusterClass, key: string, by: number): void {
  const now = (clusterClass.reports.get(key) ?? 0) + by;
  if (now === 0) clusterClass.reports.delete(key);
  else clusterClass.reports.set(key, now);
}

/** Returns what the members reported, `undefined` for those that never did, with how many they are. */
function reportsIn(clusterClass: ClusterClass): [string | undefined, number][] {
  const known = [...clusterClass.reports];
  const silent = clusterClass.members.size - known.reduce((sum, [, members]) => sum + members, 0);
  return silent > 0 ? [...known, [undefined, silent]] : known;
}

function isReady(counts: StateCounts): boolean {
  return worstState(counts) === "Ready";
}

function keyOf(said: ClusterReport): string {
  return said.online ? said.reportDigest : `${said.reportDigest}${offlineMark}`;
}
