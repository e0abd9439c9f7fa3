import type { BundleWarning } from "../../shared/bundle/warning.ts";
import type { BuildCache, Built, CommitBuild, Named } from "./commit-build.ts";
import type { BuildItem, BuildPlan } from "./plan-build.ts";

/**
 * Returns the results that count, in scan order: of several directories that give one name, the last. Names are
 * compared all over only when one may have become another.
 */
export function namedResults(
  items: readonly BuildItem<Built>[],
  plan: BuildPlan<Built>,
  before: BuildCache | undefined,
): { readonly bundles: readonly Named[]; readonly uniqueNames: boolean } {
  const named = items.map(({ result }) => result).filter(isNamed);
  if (before !== undefined && keepsNames(items, plan, before)) return { bundles: named, uniqueNames: true };
  const byName = new Map(named.map((built) => [nameOf(built), built]));
  if (byName.size === named.length) return { bundles: named, uniqueNames: true };
  return { bundles: named.filter((built) => byName.get(nameOf(built)) === built), uniqueNames: false };
}

function isNamed(built: Built): built is Named {
  return built.kind !== "empty";
}

/** Whether every name was there once and nobody's is another now. */
function keepsNames(items: readonly BuildItem<Built>[], plan: BuildPlan<Built>, before: BuildCache): boolean {
  if (plan.found !== before.found || !before.uniqueNames) return false;
  return plan.steps.every(({ position }) => {
    const [now, then] = [items[position]?.result, before.items[position]?.result];
    return now !== undefined && then !== undefined && isNamed(now) && isNamed(then) && nameOf(now) === nameOf(then);
  });
}

/** Returns the name under which a result is deployed, or would be. */
export function nameOf(built: Named): string {
  return built.kind === "failed" ? built.name : (built.bundle.metadata.name ?? "");
}

/** Returns a warning for each bundle name that two directories give; the later directory counts. */
export function takenNames(build: CommitBuild): readonly BundleWarning[] {
  const winners = new Map(build.bundles.map((built) => [nameOf(built), built]));
  return build.cache.items.flatMap(({ result }): BundleWarning[] => {
    if (result.kind === "empty") return [];
    const winner = winners.get(nameOf(result));
    if (winner === undefined || winner === result) return [];
    const [first, second] = [result, winner].map(({ dir }) => (dir.path === "" ? "the root" : dir.path));
    const message = `${first} and ${second} both give the bundle "${nameOf(result)}"; only the latter counts: set name in one`;
    return [{ code: "BUNDLE_NAME_TAKEN", message, position: { file: result.dir.path } }];
  });
}
