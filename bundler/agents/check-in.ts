import type { Clock } from "../../shared/clock.ts";
import type { DesiredDocument } from "../../shared/protocol/desired-document.ts";
import type { CheckInRequest } from "../../shared/protocol/routes.ts";
import {
  type BundleKnowledge,
  deploymentsOf,
  desiredDocument,
  documentTag,
  type DocumentInput,
  planRemovals,
} from "../desired/desired-document.ts";
import type { FleetCluster } from "../desired/fleet.ts";
import type { Workspace } from "../desired/hub.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { ReportTable } from "../store/report-table.ts";
import { takeReport } from "./take-report.ts";

/** Proxies cut idle connections at 60 s; a check-in is never held longer than this. */
export const longestWaitMs = 45_000;

/** What the check-in endpoint works with. */
export interface CheckInDeps {
  readonly epoch: string;
  readonly durableVersion: () => number;
  readonly commits: GroupCommit;
  readonly reports: ReportTable;
  readonly clock: Clock;
  /** Called when statuses changed, to bring the views up to date. */
  readonly reported: (workspace: Workspace, cluster: string, bundles: readonly string[]) => void;
}

/** One cluster of a workspace. */
export interface CheckedInCluster {
  readonly workspace: Workspace;
  readonly name: string;
}

/** Server side of the check-in. */
export interface CheckInService {
  /** Makes the request's statuses durable. */
  takeStatuses(cluster: CheckedInCluster, request: CheckInRequest): Promise<void>;
  /** Returns the cluster's document once its tag differs from the request's; undefined after the wait. */
  awaitDocument(
    cluster: CheckedInCluster,
    request: CheckInRequest,
    signal: AbortSignal,
  ): Promise<DesiredDocument | undefined>;
}

/** Returns the check-in service. */
export function createCheckIn(deps: CheckInDeps): CheckInService {
  return {
    takeStatuses: async ({ workspace, name }, request) => {
      const { status } = workspace;
      const known = { report: status.reportOf(name), states: status.reportedStates(name) };
      const taken = takeReport(known, request, deps.clock.now());
      const wasOffline = known.report?.online === false;
      const agentChanged = JSON.stringify(known.report?.agent) !== JSON.stringify(taken.report.agent);
      const unchanged = known.report !== undefined && taken.changed.length === 0 && !agentChanged;
      if (!unchanged) {
        const key = { namespace: workspace.namespace, name };
        const { reportDigest, agent, seenMs } = taken.report;
        await deps.commits.submit(async (sql) => {
          await deps.reports.saveReport(sql, reportDigest, taken.body);
          await deps.reports.saveState(sql, key, {
            reportDigest,
            agent,
            seenMs,
            exceptions: [...taken.report.exceptions.values()],
          });
        });
      }
      status.report(name, taken.report, taken.body);
      if (!unchanged || wasOffline) deps.reported(workspace, name, taken.changed);
    },
    awaitDocument: async ({ workspace, name }, request, signal) => {
      const deadlineMs = deps.clock.now() + Math.min(request.waitMs, longestWaitMs);
      while (!signal.aborted) {
        const input = documentInput(deps.epoch, { workspace, name }, request.holds);
        if (input !== undefined && documentTag(input) !== request.tag)
          return desiredDocument(input, deps.durableVersion());
        const leftMs = deadlineMs - deps.clock.now();
        if (leftMs <= 0) return undefined;
        await workspace.waiters.wait(name, leftMs, signal);
      }
      return undefined;
    },
  };
}

/** Returns what decides about a cluster's document; undefined while the cluster is not (or no longer) registered. */
export function documentInput(
  epoch: string,
  { workspace, name }: CheckedInCluster,
  holds: readonly string[],
): DocumentInput | undefined {
  const { partition } = workspace.status;
  const cluster = partition.clusters.get(name);
  const clusterClass = partition.classOf(name);
  if (cluster === undefined || clusterClass === undefined) return undefined;
  const deployments = deploymentsOf(clusterClass, partition.bundles);
  const remove = planRemovals(holds, deployments, (bundle) => ({
    ...knowledgeOf(workspace, cluster, bundle),
    generation: cluster.generation,
  }));
  return { epoch, cluster, deployments, remove };
}

function knowledgeOf(workspace: Workspace, cluster: FleetCluster, bundle: string): BundleKnowledge {
  const slash = bundle.indexOf("/");
  const name = bundle.slice(slash + 1);
  if (bundle.slice(0, slash) !== cluster.namespace) return { known: "never" };
  // A bundle whose targets are faulty says nothing about where it should be: it stays where it is.
  if (workspace.faultyBundles.has(name)) return { known: "never" };
  if (workspace.bundles.has(name)) return { known: "present" };
  const because = workspace.removedBundles.get(name);
  return because === undefined ? { known: "never" } : { known: "removed", because };
}
