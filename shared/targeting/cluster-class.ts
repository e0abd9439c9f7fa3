import type { BundleSpec } from "../api/bundle-spec.ts";
import { displayNameLabel } from "../api/cluster.ts";
import type { LabelSelector } from "../api/label-selector.ts";
import { selectorAtoms } from "./match-selector.ts";

/**
 * What the selectors of a workspace can tell apart: label keys with the values that they name, and clusters named
 * one by one. Two clusters that agree on all of this get the same bundles, so they form one class.
 */
export interface TargetAtoms {
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  readonly names: ReadonlySet<string>;
}

/** The atoms of a workspace without selectors. */
export const noAtoms: TargetAtoms = { labels: new Map(), names: new Set() };

/** The part of a cluster that selectors look at. */
export interface LabelledCluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Returns what each of the given atoms tells apart, taken together. */
export function mergeAtoms(...all: readonly TargetAtoms[]): TargetAtoms {
  const labels = new Map<string, Set<string>>();
  const names = new Set<string>();
  for (const atoms of all) {
    for (const [key, values] of atoms.labels) {
      const merged = labels.get(key) ?? new Set<string>();
      for (const value of values) merged.add(value);
      labels.set(key, merged);
    }
    for (const name of atoms.names) names.add(name);
  }
  return { labels, names };
}

/**
 * Returns a text that is equal for clusters which no selector made of these atoms can tell apart. For each label key
 * it holds the value when a selector names that value, else only whether the key is there: a selector that picks one
 * cluster by a label of its own splits off that cluster and leaves all others together.
 */
export function clusterSignature(cluster: LabelledCluster, atoms: TargetAtoms): string {
  const parts: string[] = [];
  for (const [key, values] of atoms.labels) {
    const value = cluster.labels[key];
    if (value !== undefined) parts.push(values.has(value) ? `${key}=${value}` : key);
  }
  if (atoms.names.has(cluster.name)) parts.push(`@${cluster.name}`);
  return parts.sort().join("\n");
}

/** Returns what a label selector tells apart. */
export function atomsOfSelector(selector: LabelSelector): TargetAtoms {
  return mergeAtoms(
    ...selectorAtoms(selector).map(({ key, values }) => ({
      labels: new Map([[key, new Set(values)]]),
      names: new Set<string>(),
    })),
  );
}

/** Returns what a bundle's targets and restrictions tell apart; ClusterGroups have selectors, and so atoms, of their own. */
export function targetAtoms(spec: Pick<BundleSpec, "targets" | "targetRestrictions">): TargetAtoms {
  const entries = [...(spec.targets ?? []), ...(spec.targetRestrictions ?? [])];
  return mergeAtoms(
    ...entries.flatMap(({ clusterName, clusterSelector }) => [
      ...(clusterName === undefined || clusterName === ""
        ? []
        : [{ labels: new Map([[displayNameLabel, new Set([clusterName])]]), names: new Set([clusterName]) }]),
      ...(clusterSelector === undefined ? [] : [atomsOfSelector(clusterSelector)]),
    ]),
  );
}
