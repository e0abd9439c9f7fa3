import type { GitTarget } from "../api/bundle-target.ts";

/**
 * Returns which clusters an entry means, without what else stands in it: a GitRepo's targets, `overrideTargets` and
 * restrictions have no options and no `doNotDeploy` (Fleet: `GitTarget`, `BundleTargetRestriction`).
 */
export function criteriaOf(entry: GitTarget): GitTarget {
  const { name, clusterName, clusterSelector, clusterGroup, clusterGroupSelector } = entry;
  return {
    ...(name === undefined ? {} : { name }),
    ...(clusterName === undefined ? {} : { clusterName }),
    ...(clusterSelector === undefined ? {} : { clusterSelector }),
    ...(clusterGroup === undefined ? {} : { clusterGroup }),
    ...(clusterGroupSelector === undefined ? {} : { clusterGroupSelector }),
  };
}
