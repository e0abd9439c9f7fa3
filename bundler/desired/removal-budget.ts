import * as z from "zod";
import type { HubBudget, RemovalBudgetSettings } from "../../shared/api/removal-budget.ts";
import type { AimedBundle } from "./fleet-bundle.ts";
import type { FleetStatus } from "./fleet-status.ts";

/** Clusters that have bundles of a GitRepo which are not aimed at them any more. */
export interface Loss {
  readonly clusters: number;
  /** Clusters that have, or had until just now, any of its bundles. */
  readonly of: number;
  /** Names of the bundles that they would lose. */
  readonly bundles: readonly string[];
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
  /** Returns the loss that waits for a person, undefined when clusters may remove what is not aimed at them. */
  heldLoss(gitRepo: string, nowMs: number): Loss | undefined;
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

  return {
    heldLoss: (gitRepo, nowMs) => {
      const now = lossesAt(nowMs).get(gitRepo);
      if (now === undefined || now.clusters === 0) return undefined;
      const done = doneLately(gitRepo, nowMs);
      const loss = { ...now, clusters: now.clusters + done, of: now.of + done };
      const { clustersPercent, clustersAtLeast } = { ...limits, ...own.get(gitRepo) };
      if (loss.clusters < clustersAtLeast || 100 * loss.clusters <= loss.of * clustersPercent) return undefined;
      return isApproved(approvals.get(gitRepo), loss, nowMs) ? undefined : loss;
    },
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
