import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import type { HubMetrics } from "../../shared/runtime/hub-metrics.ts";
import { createTurns } from "../../shared/runtime/take-turns.ts";
import type { DesiredDocument } from "../../shared/protocol/desired-document.ts";
import type { Question } from "../../shared/protocol/questions.ts";
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
import type { ClusterReport } from "../desired/fleet-status.ts";
import type { QuestionDesk } from "./question-desk.ts";
import { takeReport, type TakenReport } from "./take-report.ts";

/** Proxies cut idle connections at 60 s; a check-in is never held longer than this. */
export const longestWaitMs = 45_000;

/** How far ahead of the store's a revision can be: further than any future of it that was lost. */
const maxAhead = 2 ** 36;

/** How often a check-in looks whether a restored hub has asked Git. */
const behindPollMs = 500;

/** What the check-in endpoint works with. */
export interface CheckInDeps {
  readonly epoch: string;
  readonly durableVersion: () => number;
  readonly commits: GroupCommit;
  readonly reports: ReportTable;
  readonly clock: Clock;
  readonly questions: Pick<QuestionDesk, "openFor" | "refuseAll">;
  /** Takes in which revision a cluster follows (`RestoreGuard`). */
  readonly noticeRevision: (revision: number, cluster: string) => Promise<void>;
  /** Returns the GitRepos of a workspace that were not looked at and built since this process started. */
  readonly unbuilt: (namespace: string) => readonly string[];
  /** Called when statuses changed, to bring the views up to date. */
  readonly metrics: Pick<HubMetrics, "observeReport">;
  readonly reported: (workspace: Workspace, cluster: string, bundles: readonly string[]) => void;
}

/** One cluster of a workspace. */
export interface CheckedInCluster {
  readonly workspace: Workspace;
  readonly name: string;
}

/** What is new for an agent: its document, or questions while the document is as before. */
export type News = DesiredDocument | { readonly questions: readonly Question[] };

/** Server side of the check-in. */
export interface CheckInService {
  /** Makes the request's statuses durable. */
  takeStatuses(cluster: CheckedInCluster, request: CheckInRequest): Promise<void>;
  /**
   * Returns the cluster's document once its tag differs from the request's, or questions that the agent does not have yet;
   * undefined after the wait. Throws AGENT_UNKNOWN.
   */
  awaitNews(cluster: CheckedInCluster, request: CheckInRequest, signal: AbortSignal): Promise<News | undefined>;
}

/** Returns the check-in service. */
export function createCheckIn(deps: CheckInDeps): CheckInService {
  /** An agent has a held check-in and a reporting one at a time: each builds on what the one before made of the report. */
  const inTurn = createTurns();

  async function noticeRevision({ workspace, name }: CheckedInCluster, { follows }: CheckInRequest): Promise<void> {
    if (follows === undefined || follows.epoch !== deps.epoch) return;
    const [known, newest] = [follows.revision, deps.durableVersion() + maxAhead];
    if (known > newest) throw new AppError("REQUEST_INVALID", `no revision can be ${known}`, { verdict: "stalled" });
    await deps.noticeRevision(known, `${workspace.namespace}/${name}`);
  }

  async function take({ workspace, name }: CheckedInCluster, request: CheckInRequest): Promise<void> {
    const { status } = workspace;
    const known = { report: status.reportOf(name), states: status.reportedStates(name) };
    const taken = takeReport(known, request, { seenMs: deps.clock.now(), heardMs: deps.clock.elapsed() });
    const wasOffline = known.report?.online === false;
    if (!isNews(known.report, taken)) {
      status.seen(name, taken.report);
      if (wasOffline) deps.reported(workspace, name, [...known.states.keys()]);
      return;
    }
    const key = { namespace: workspace.namespace, name };
    const { reportDigest, agent, seenMs } = taken.report;
    const beganMs = performance.now();
    await deps.commits.submit(async (sql) => {
      await deps.reports.saveReport(sql, reportDigest, taken.body);
      await deps.reports.saveState(sql, key, {
        reportDigest,
        agent,
        seenMs,
        exceptions: [...taken.report.exceptions.values()],
      });
    });
    deps.metrics.observeReport(performance.now() - beganMs);
    // Its Cluster may have been deleted meanwhile: then nobody is to hear of it any more.
    if (!status.partition.clusters.has(name)) return;
    status.report(name, taken.report, taken.body);
    deps.reported(workspace, name, wasOffline ? [...known.states.keys(), ...taken.changed] : taken.changed);
  }

  /** Only the request that an agent lets the hub hold may be answered with questions. */
  function questionsFor({ workspace, name }: CheckedInCluster, request: CheckInRequest): readonly Question[] {
    const cluster = { namespace: workspace.namespace, name };
    if (request.answering !== undefined) return deps.questions.openFor(cluster, request.answering);
    if (request.waitMs > 0) deps.questions.refuseAll(cluster);
    return [];
  }

  return {
    takeStatuses: async (cluster, request) =>
      inTurn(`${cluster.workspace.namespace}/${cluster.name}`, async () => take(cluster, request)),
    awaitNews: async ({ workspace, name }, request, signal) => {
      await noticeRevision({ workspace, name }, request);
      const deadlineMs = deps.clock.elapsed() + Math.min(request.waitMs, longestWaitMs);
      while (!signal.aborted) {
        const nowMs = deps.clock.now();
        const input = documentInput(deps.epoch, { workspace, name, nowMs }, request.holds);
        if (input === undefined) throw noLongerRegistered(workspace.namespace, name);
        // What Git says now may be newer than a backup: until it was asked, a restored hub has no news.
        const isBehind = workspace.restored && deps.unbuilt(workspace.namespace).length > 0;
        if (!isBehind && documentTag(input) !== request.tag) {
          for (const { bundle, reason } of input.remove)
            if (reason === "not-targeted") workspace.budget.told(name, bundle.slice(bundle.indexOf("/") + 1), nowMs);
          return desiredDocument(input, deps.durableVersion());
        }
        const questions = questionsFor({ workspace, name }, request);
        if (questions.length > 0) return { questions };
        const leftMs = deadlineMs - deps.clock.elapsed();
        if (leftMs <= 0) return undefined;
        if (!(await workspace.waiters.wait(name, isBehind ? Math.min(leftMs, behindPollMs) : leftMs, signal)))
          return undefined;
      }
      return undefined;
    },
  };
}

/** Returns the refusal of an agent whose Cluster is gone. */
export function noLongerRegistered(namespace: string, name: string): AppError {
  return new AppError("AGENT_UNKNOWN", `cluster ${namespace}/${name} is no longer registered`, { verdict: "stalled" });
}

/** Whether a report is worth a row: anything beyond "still here, all as before". */
function isNews(known: ClusterReport | undefined, { report, changed }: TakenReport): boolean {
  if (known === undefined || changed.length > 0) return true;
  const [before, now] = [known.agent, report.agent];
  return (
    before?.version !== now?.version || before?.kubeVersion !== now?.kubeVersion || before?.lastError !== now?.lastError
  );
}

/** Returns what decides about a cluster's document; undefined while the cluster is not (or no longer) registered. */
export function documentInput(
  epoch: string,
  { workspace, name, nowMs }: CheckedInCluster & { readonly nowMs: number },
  holds: readonly string[],
): DocumentInput | undefined {
  const { partition } = workspace.status;
  const cluster = partition.clusters.get(name);
  const clusterClass = partition.classOf(name);
  if (cluster === undefined || clusterClass === undefined) return undefined;
  const deployments = deploymentsOf(clusterClass, partition.bundles);
  // What a backup knows of the clusters' labels and of removed bundles may be older than what they hold.
  const said = workspace.restored ? [] : holds;
  const remove = planRemovals(said, deployments, (bundle) => ({
    ...knowledgeOf(workspace, { cluster, bundle, nowMs }),
    generation: cluster.generation,
  }));
  return { epoch, cluster, deployments, remove };
}

function knowledgeOf(
  workspace: Workspace,
  { cluster, bundle, nowMs }: { readonly cluster: FleetCluster; readonly bundle: string; readonly nowMs: number },
): BundleKnowledge {
  const slash = bundle.indexOf("/");
  const name = bundle.slice(slash + 1);
  if (bundle.slice(0, slash) !== cluster.namespace) return { known: "never" };
  // A bundle whose targets are faulty says nothing about where it should be: it stays where it is.
  if (workspace.faultyBundles.has(name)) return { known: "never" };
  // So does one that may be aimed here by a group which cannot be read.
  const present = workspace.bundles.get(name);
  if (present !== undefined) {
    const { gitRepo } = present;
    // Too many clusters would lose bundles of this GitRepo at once: they keep them until somebody says so.
    const asking = { cluster: cluster.name, bundle: name };
    const held = gitRepo !== undefined && workspace.budget.heldLoss(gitRepo, nowMs, asking) !== undefined;
    return { known: held || workspace.faultyGroups.size > 0 ? "never" : "present" };
  }
  const because = workspace.removedBundles.get(name);
  return because === undefined ? { known: "never" } : { known: "removed", because };
}
