import { deploymentIn } from "./desired-document.ts";
import type { Workspace } from "./hub.ts";

/**
 * Returns the bundles that a cluster reports to have and would be told to remove, were the hub not just restored from a
 * backup; none where it was not, or somebody has approved that.
 */
export function withheldRemovals(workspace: Workspace, cluster: string): string[] {
  const { status, bundles, removedBundles, namespace, restored } = workspace;
  const clusterClass = status.partition.classOf(cluster);
  if (!restored || clusterClass === undefined) return [];
  return [...status.reportedStates(cluster).keys()]
    .filter((bundle) => deploymentIn(clusterClass, status.partition.bundles, bundle) === undefined)
    .map((bundle) => bundle.slice(namespace.length + 1))
    .filter((name) => bundles.has(name) || removedBundles.has(name))
    .toSorted();
}
