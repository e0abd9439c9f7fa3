import type { AimedBundle } from "./fleet-bundle.ts";
import type { ClusterClass, FleetBundle, FleetCluster } from "./fleet.ts";
import type { Workspace } from "./hub.ts";
import { type Loss, lossOf } from "./loss.ts";

/** A commit of a GitRepo that is not in force. */
export interface ForeseenCommit {
  readonly gitRepo: string;
  /** Its bundles as they would be aimed. */
  readonly bundles: ReadonlyMap<string, AimedBundle>;
  /** Bundles that it would remove: they are no loss of targets. */
  readonly removed: ReadonlySet<string>;
  /** Bundles whose targets it would leave no cluster. */
  readonly emptied: ReadonlySet<string>;
}

/** Returns what clusters would lose because a commit aims bundles elsewhere, by what they report to have. */
export function foreseeLoss({ namespace, status, bundles }: Workspace, commit: ForeseenCommit): Loss {
  const { partition } = status;
  const own = [...bundles.values()].filter(({ gitRepo }) => gitRepo === commit.gitRepo).map(({ name }) => name);
  const after = new Map<string, FleetBundle>();
  for (const name of new Set([...own, ...commit.bundles.keys()])) {
    const bundle = commit.bundles.get(name) ?? bundles.get(name);
    if (bundle !== undefined && !commit.removed.has(name)) after.set(name, bundle);
  }
  const aimed = new Set<string>();
  const lost = new Set<string>();
  let clusters = 0;
  let of = 0;
  for (const cluster of partition.clusters.values()) {
    const clusterClass = partition.classOf(cluster.name);
    const held = status.reportedStates(cluster.name);
    let loses = false;
    let has = false;
    for (const [name, bundle] of after) {
      const isAimed =
        clusterClass !== undefined && isAimedAt(bundle, { cluster, clusterClass, known: bundles.get(name) });
      if (isAimed) aimed.add(name);
      if (!held.has(`${namespace}/${name}`)) continue;
      has = true;
      if (isAimed) continue;
      loses = true;
      lost.add(name);
    }
    if (has) of += 1;
    if (loses) clusters += 1;
  }
  const emptiedBy = new Map([...commit.emptied].map((name) => [name, { emptiedBy: "the commit" }]));
  return lossOf({ clusters, of, bundles: [...lost].toSorted() }, { aimed, bundles: emptiedBy });
}

/** What is aimed as before is known class by class. */
function isAimedAt(
  bundle: FleetBundle,
  {
    cluster,
    clusterClass,
    known,
  }: { cluster: FleetCluster; clusterClass: ClusterClass; known: FleetBundle | undefined },
): boolean {
  const outcome =
    known?.targetingHash === bundle.targetingHash
      ? clusterClass.outcomes.get(bundle.name)
      : bundle.matchTargets({ ...cluster, groups: clusterClass.groups });
  return outcome?.doNotDeploy === false;
}
