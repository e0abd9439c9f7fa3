import type { Bundle } from "../../shared/api/bundle.ts";
import { AppError } from "../../shared/errors.ts";
import { compileTargets } from "../../shared/targeting/match-targets.ts";
import { targetingHash } from "./fleet-bundle.ts";
import type { Workspace } from "./hub.ts";
import { isAimed } from "./loss.ts";
import type { Partition } from "./partition.ts";

/**
 * Returns the commit by which a bundle's targets came to match no cluster, though they had matched some before; undefined
 * while they match any, or never did. It is kept with the bundle: labels that change later are another matter, and after a
 * restart nothing else tells which of both it was.
 */
export function emptiedBy(
  { bundles, status }: Pick<Workspace, "bundles" | "status">,
  { metadata, spec }: Bundle,
  commit: string,
): string | undefined {
  const before = bundles.get(metadata.name ?? "");
  if (before === undefined) return undefined;
  if (before.targetingHash === targetingHash(spec)) return before.emptiedBy;
  if (matchesAny(status.partition, spec)) return undefined;
  return isAimed(status.partition, before.name) ? commit : before.emptiedBy;
}

function matchesAny(partition: Partition, spec: Bundle["spec"]): boolean {
  try {
    const matches = compileTargets(spec);
    return [...partition.clusters.values()].some((cluster) => {
      const groups = partition.classOf(cluster.name)?.groups ?? [];
      return matches({ ...cluster, groups })?.doNotDeploy === false;
    });
  } catch (error) {
    // A bundle whose targets are faulty keeps its place: it is still aimed where it was.
    if (error instanceof AppError && error.code === "TARGET_SELECTOR_INVALID") return true;
    throw error;
  }
}
