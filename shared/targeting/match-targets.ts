import type { BundleSpec } from "../api/bundle-spec.ts";
import type { BundleTarget, GitTarget } from "../api/bundle-target.ts";
import { displayNameLabel } from "../api/cluster.ts";
import { type Labels, compileSelector } from "./match-selector.ts";
import { optionsOf } from "./options-of.ts";

/** A ClusterGroup that a cluster belongs to. */
export interface TargetGroup {
  readonly name: string;
  readonly labels: Labels;
}

/** What targeting knows of a cluster. */
export interface TargetCluster {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Groups of the cluster's own namespace whose selector matches it. */
  readonly groups: readonly TargetGroup[];
}

/** What a bundle means for one cluster that it is aimed at. */
export interface Outcome {
  /** Name of the target that selected the cluster. */
  readonly target: string;
  /** Names of the customizations that matched, in order. */
  readonly customizations: readonly string[];
  /** True: the target or a customization keeps the bundle away from this cluster. */
  readonly doNotDeploy: boolean;
  /** Equal keys of one bundle mean equal merged options: merge once per key. "" when nothing is deployed. */
  readonly optionsKey: string;
  /** Positions in `spec.targets` whose options are merged over the bundle's, in order; some without options are left out. */
  readonly layers: readonly number[];
}

/** Says what a compiled bundle means for a cluster; undefined: it is not aimed at it. */
export type TargetMatcher = (cluster: TargetCluster) => Outcome | undefined;

type EntryMatcher = (cluster: TargetCluster, group: TargetGroup) => boolean;

const noGroup: TargetGroup = { name: "", labels: {} };

/**
 * Returns a test of one entry of `targets`, `targetRestrictions` or `partitions` for one cluster and one of its groups:
 * all parts that are there must hold, none at all matches nothing. Throws TARGET_SELECTOR_INVALID.
 */
export function compileEntry(entry: GitTarget): EntryMatcher {
  const tests: EntryMatcher[] = [];
  const { clusterName, clusterGroup, clusterGroupSelector, clusterSelector } = entry;
  if (clusterName !== undefined && clusterName !== "") {
    tests.push((cluster) => clusterName === cluster.name || clusterName === cluster.labels[displayNameLabel]);
  }
  if (clusterGroup !== undefined && clusterGroup !== "") tests.push((_, group) => clusterGroup === group.name);
  if (clusterGroupSelector !== undefined) {
    const matches = compileSelector(clusterGroupSelector);
    tests.push((_, group) => matches(group.labels));
  }
  if (clusterSelector !== undefined) {
    const matches = compileSelector(clusterSelector);
    tests.push((cluster) => matches(cluster.labels));
  }
  return (cluster, group) => tests.length > 0 && tests.every((test) => test(cluster, group));
}

/** Returns whether one of the cluster's groups satisfies the test; a cluster without groups is tried once, without one. */
export function someGroup(cluster: TargetCluster, test: (group: TargetGroup) => boolean): boolean {
  return cluster.groups.length === 0 ? test(noGroup) : cluster.groups.some(test);
}

interface CompiledEntry {
  readonly index: number;
  readonly name: string;
  readonly doNotDeploy: boolean;
  /** False: the entry has nothing to merge. */
  readonly changes: boolean;
  readonly matches: EntryMatcher;
}

function compileTarget(target: BundleTarget, index: number): CompiledEntry {
  return {
    index,
    name: target.name ?? "",
    doNotDeploy: target.doNotDeploy ?? false,
    changes: Object.keys(optionsOf(target)).length > 0,
    matches: compileEntry(target),
  };
}

/**
 * Returns what a bundle means for each cluster, by Fleet's rules: with restrictions, the last entries of `targets` (as
 * many as there are restrictions) choose clusters and the ones before customize; without, every entry chooses. Selectors
 * are compiled once. Throws TARGET_SELECTOR_INVALID, which concerns the whole bundle.
 */
export function compileTargets(spec: BundleSpec): TargetMatcher {
  const targets = (spec.targets ?? []).map(compileTarget);
  const restrictions = (spec.targetRestrictions ?? []).map(compileEntry);
  const customizing = restrictions.length === 0 ? 0 : Math.max(targets.length - restrictions.length, 0);
  const customizations = targets.slice(0, customizing);
  const choosing = targets.slice(customizing);
  const allMatches = spec.targetCustomizationMode === "AllMatches";

  return (cluster) => {
    const allowed = (group: TargetGroup): boolean =>
      restrictions.length === 0 || restrictions.some((matches) => matches(cluster, group));
    const target = choosing.find((entry) =>
      someGroup(cluster, (group) => allowed(group) && entry.matches(cluster, group)),
    );
    if (target === undefined) return undefined;
    const matching = (entry: CompiledEntry): boolean => someGroup(cluster, (group) => entry.matches(cluster, group));
    const first = allMatches ? undefined : customizations.find(matching);
    const applied = allMatches ? customizations.filter(matching) : first === undefined ? [] : [first];
    const doNotDeploy = target.doNotDeploy || applied.some((entry) => entry.doNotDeploy);
    const merged = allMatches ? [target, ...applied] : [first ?? target];
    const changing = merged.filter((entry) => entry.changes);
    // Merging starts from the target in AllMatches mode, also from an empty one: a timeout below 0 becomes 0 on the way.
    const layers = (
      allMatches && changing.length > 0 ? [target, ...changing.filter((entry) => entry !== target)] : changing
    ).map((entry) => entry.index);
    return {
      target: target.name,
      customizations: applied.map((entry) => entry.name),
      doNotDeploy,
      optionsKey: doNotDeploy ? "" : `+${changing.map((entry) => entry.index).join("+")}`,
      layers: doNotDeploy ? [] : layers,
    };
  };
}
