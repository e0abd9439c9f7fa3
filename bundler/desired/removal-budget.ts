import * as z from "zod";
import type { HubBudget, RemovalBudgetSettings } from "../../shared/api/removal-budget.ts";
import type { AimedBundle } from "./fleet-bundle.ts";
import type { FleetStatus } from "./fleet-status.ts";
import { exceeds, isAimed, type Loss, lossOf } from "./loss.ts";

/** A cluster that asks whether it may remove a bundle. */
export interface AskingCluster {
  readonly cluster: string;
  readonly bundle: string;
}

/** What a person let go: these bundles, from no more clusters than this, until then. */
const approvalSchema = z.object({
  clusters: z.number().int().positive(),
  bundles: z.array(z.string()),
  /** ISO 8601. */
  expires: z.iso.datetime(),
});

export type LossApproval = z.infer<typeof approvalSchema>;

/** Decides whether clusters may lose a GitRepo's bundles because labels or targets changed (design.md section 5). */
export interface RemovalBudget {
  /**
   * Returns the loss that waits for a person, undefined when clusters may remove what is not aimed at them. A cluster that
   * asks counts although it has not reported the bundle yet.
   */
  heldLoss(gitRepo: string, nowMs: number, asking?: AskingCluster): Loss | undefined;
  /** Returns whether a loss, of now or of a commit that is only planned, waits for a person. */
  holds(gitRepo: string, loss: Loss, nowMs: number): boolean;
  /** Notes that a cluster was told to remove a bundle: many small steps count as one large one. */
  told(cluster: string, bundle: string, nowMs: number): void;
  /** Sets what a person approved, undefined for nothing. */
  approve(gitRepo: string, approval: LossApproval | undefined): void;
  /** Sets what a GitRepo says itself; what it leaves out is as for all. */
  limit(gitRepo: string, settings: RemovalBudgetSettings): void;
  /** Bundles, clusters or groups changed: what was counted holds no more. */
  invalidate(): void;
}

/** Removals that were told within this time count together. */
const togetherMs = 10 * 60_000;
/** Reports come all the time; what they count to may be this old. */
const countedForMs = 1000;

/**
 * Returns the budget of one workspace. It is counted from what clusters report to have against what is aimed at them
 * now, so that it needs no memory of the change that did it and is the same after a restart.
 */
export function createRemovalBudget(
  status: FleetStatus,
  bundles: ReadonlyMap<string, AimedBundle>,
  { workspace, limits }: { readonly workspace: string; readonly limits: HubBudget },
): RemovalBudget {
  const own = new Map<string, RemovalBudgetSettings>();
  const approvals = new Map<string, LossApproval>();
  const told = new Map<string, Map<string, { readonly bundle: string; readonly atMs: number }>>();
  let counted: { readonly losses: ReadonlyMap<string, Loss>; readonly atMs: number } | undefined;

  const lossesAt = (nowMs: number): ReadonlyMap<string, Loss> => {
    if (counted === undefined || nowMs - counted.atMs > countedForMs || nowMs < counted.atMs)
      counted = { losses: countLosses(status, bundles, workspace), atMs: nowMs };
    return counted.losses;
  };
  /** Clusters that did what they were told and do not have the bundle any more. */
  const doneLately = (gitRepo: string, nowMs: number): number => {
    const clusters = told.get(gitRepo);
    let done = 0;
    for (const [cluster, { bundle, atMs }] of clusters ?? []) {
      if (nowMs - atMs > togetherMs) clusters?.delete(cluster);
      else if (!status.reportedStates(cluster).has(`${workspace}/${bundle}`)) done += 1;
    }
    return done;
  };

  const holds: RemovalBudget["holds"] = (gitRepo, loss, nowMs) =>
    exceeds(loss, { ...limits, ...own.get(gitRepo) }) && !isApproved(approvals.get(gitRepo), loss, nowMs);

  return {
    heldLoss: (gitRepo, nowMs, asking) => {
      const now = withAsking(lossesAt(nowMs).get(gitRepo), status, { workspace, asking });
      if (now === undefined || now.clusters === 0) return undefined;
      const done = doneLately(gitRepo, nowMs);
      const aims = { aimed: aimedBundles(status, bundles, gitRepo), bundles };
      const loss = lossOf({ ...now, clusters: now.clusters + done, of: now.of + done }, aims);
      return holds(gitRepo, loss, nowMs) ? loss : undefined;
    },
    holds,
    told: (cluster, bundle, nowMs) => {
      const gitRepo = bundles.get(bundle)?.gitRepo;
      if (gitRepo === undefined) return;
      const clusters = told.get(gitRepo) ?? new Map<string, { bundle: string; atMs: number }>();
      told.set(gitRepo, clusters.set(cluster, { bundle, atMs: nowMs }));
    },
    approve: (gitRepo, approval) => {
      if (approval === undefined) approvals.delete(gitRepo);
      else approvals.set(gitRepo, approval);
    },
    limit: (gitRepo, settings) => void own.set(gitRepo, settings),
    invalidate: () => {
      counted = undefined;
    },
  };
}

function aimedBundles(
  { partition }: FleetStatus,
  bundles: ReadonlyMap<string, AimedBundle>,
  gitRepo: string,
): ReadonlySet<string> {
  const own = [...bundles.values()].filter((bundle) => bundle.gitRepo === gitRepo).map(({ name }) => name);
  return new Set(own.filter((name) => isAimed(partition, name)));
}

/** What an agent says to hold counts from then on, though its first report after a start may be a moment late. */
function withAsking(
  loss: Loss | undefined,
  status: FleetStatus,
  { workspace, asking }: { readonly workspace: string; readonly asking: AskingCluster | undefined },
): Loss | undefined {
  if (asking === undefined) return loss;
  const { cluster, bundle } = asking;
  if (status.reportedStates(cluster).has(`${workspace}/${bundle}`)) return loss;
  const { clusters, of, bundles } = loss ?? { clusters: 0, of: 0, bundles: [] };
  return { clusters: clusters + 1, of: of + 1, bundles: [...new Set([...bundles, bundle])].toSorted() };
}

/** Returns what an annotation of a GitRepo approves, undefined when it is absent or says nothing that can be read. */
export function readLossApproval(annotation: string | undefined): LossApproval | undefined {
  if (annotation === undefined) return undefined;
  try {
    return approvalSchema.parse(JSON.parse(annotation));
  } catch {
    // What is not understood approves nothing; the hold stays and is shown.
    return undefined;
  }
}

function isApproved(approval: LossApproval | undefined, loss: Loss, nowMs: number): boolean {
  if (approval === undefined || Date.parse(approval.expires) <= nowMs || loss.clusters > approval.clusters)
    return false;
  return loss.bundles.every((bundle) => approval.bundles.includes(bundle));
}

/** Counts by class and report: work per kind of report, not per cluster. */
function countLosses(
  status: FleetStatus,
  bundles: ReadonlyMap<string, AimedBundle>,
  workspace: string,
): ReadonlyMap<string, Loss> {
  const counts = new Map<string, { clusters: number; of: number; bundles: Set<string> }>();
  const prefix = `${workspace}/`;
  for (const { outcomes, members, held } of status.reportedBundles()) {
    const lostOf = new Map<string, string[]>();
    for (const full of held) {
      const name = full.startsWith(prefix) ? full.slice(prefix.length) : "";
      const gitRepo = bundles.get(name)?.gitRepo;
      if (gitRepo === undefined) continue;
      const outcome = outcomes.get(name);
      const lost = lostOf.get(gitRepo) ?? [];
      lostOf.set(gitRepo, outcome === undefined || outcome.doNotDeploy ? [...lost, name] : lost);
    }
    for (const [gitRepo, lost] of lostOf) {
      const known = counts.get(gitRepo) ?? { clusters: 0, of: 0, bundles: new Set<string>() };
      known.of += members;
      if (lost.length > 0) known.clusters += members;
      for (const name of lost) known.bundles.add(name);
      counts.set(gitRepo, known);
    }
  }
  return new Map(
    [...counts].map(([gitRepo, { clusters, of, bundles: names }]) => [
      gitRepo,
      { clusters, of, bundles: [...names].toSorted() },
    ]),
  );
}
