import type { HubBudget } from "../../shared/api/removal-budget.ts";
import type { AimedBundle } from "./fleet-bundle.ts";
import type { Partition } from "./partition.ts";

/** Clusters that have bundles of a GitRepo which are not aimed at them any more. */
export interface Loss {
  readonly clusters: number;
  /** Clusters that have, or had until just now, any of its bundles. */
  readonly of: number;
  /** Names of the bundles that they would lose. */
  readonly bundles: readonly string[];
  /** A selector matches nothing any more: that waits however few the clusters are. */
  readonly aimedAtNobody?: true;
}

/**
 * Returns whether a loss is more than a budget allows: more than its share of the clusters and at least so many, or a
 * selector that matches nothing any more. A budget of 100 % allows everything.
 */
export function exceeds(loss: Loss, { clustersPercent, clustersAtLeast }: HubBudget): boolean {
  if (loss.clusters === 0 || clustersPercent >= 100) return false;
  if (loss.aimedAtNobody === true) return true;
  return loss.clusters >= clustersAtLeast && 100 * loss.clusters > loss.of * clustersPercent;
}

/** What is aimed at anybody: bundles of the GitRepo at least one cluster should have, and what is known of all. */
export interface Aims {
  readonly aimed: ReadonlySet<string>;
  readonly bundles: ReadonlyMap<string, Pick<AimedBundle, "emptiedBy">>;
}

/**
 * Returns a loss with whether a selector matches nothing any more: the GitRepo's bundles are aimed at no cluster at all, or a
 * commit or an edit of the GitRepo left one of them without any. A single bundle that no label asks for any more is none.
 */
export function lossOf(loss: Loss, { aimed, bundles }: Aims): Loss {
  const isEmptied = loss.bundles.some((name) => !aimed.has(name) && bundles.get(name)?.emptiedBy !== undefined);
  return aimed.size === 0 || isEmptied ? { ...loss, aimedAtNobody: true } : loss;
}

/** Returns whether any registered cluster should have a bundle. */
export function isAimed(partition: Partition, bundle: string): boolean {
  return [...partition.classesOf(bundle)].some(
    ({ members, outcomes }) => members.size > 0 && outcomes.get(bundle)?.doNotDeploy === false,
  );
}

/** Returns in a sentence who would lose what, and what a person can do about it. */
export function describeLoss(gitRepo: string, { clusters, of, bundles, aimedAtNobody }: Loss): string {
  const more = bundles.length > 3 ? ` and ${bundles.length - 3} more` : "";
  const shown = `${bundles.slice(0, 3).join(", ")}${more}`;
  const who = `${clusters} of ${of} ${of === 1 ? "cluster" : "clusters"} would lose ${shown}`;
  const why =
    aimedAtNobody === true ? "targets or labels leave it no cluster at all" : "it is not aimed at them any more";
  return `${who}: ${why}; they keep it until somebody approves it with \`drover approve gitrepo ${gitRepo}\``;
}
