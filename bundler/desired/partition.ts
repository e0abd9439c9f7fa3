import { clusterSignature, mergeAtoms, noAtoms, type TargetAtoms } from "../../shared/targeting/cluster-class.ts";
import type { ClusterClass, FleetBundle, FleetCluster, FleetGroup } from "./fleet.ts";

/** What a change of bundles or clusters did. */
export interface PartitionChange {
  /** Classes whose members may want another document now. */
  readonly affected: ReadonlySet<ClusterClass>;
  /** Clusters that are in another class than before. */
  readonly moved: ReadonlySet<string>;
}

/**
 * The clusters of one workspace, partitioned into classes. A change of a bundle costs work per class, never per
 * cluster, unless its selectors tell apart what no selector told apart before: then the clusters concerned move.
 */
export interface Partition {
  readonly clusters: ReadonlyMap<string, FleetCluster>;
  readonly bundles: ReadonlyMap<string, FleetBundle>;
  readonly groups: readonly FleetGroup[];
  readonly classes: ReadonlyMap<string, ClusterClass>;
  /** The class of a registered cluster. */
  classOf(cluster: string): ClusterClass | undefined;
  /** Classes in which a bundle has an outcome. */
  classesOf(bundle: string): ReadonlySet<ClusterClass>;
  putCluster(cluster: FleetCluster): PartitionChange;
  removeCluster(name: string): PartitionChange;
  /** Applies a commit's bundles as one change. */
  changeBundles(put: readonly FleetBundle[], removed: readonly string[]): PartitionChange;
  setGroups(groups: readonly FleetGroup[]): PartitionChange;
}

/** Hooks by which status counters follow clusters from class to class. */
export interface PartitionEvents {
  left(cluster: string, from: ClusterClass): void;
  entered(cluster: string, to: ClusterClass): void;
}

const noClasses: ReadonlySet<ClusterClass> = new Set();

/** Returns an empty partition. */
export function createPartition(events: PartitionEvents): Partition {
  const clusters = new Map<string, FleetCluster>();
  const bundles = new Map<string, FleetBundle>();
  const classes = new Map<string, ClusterClass>();
  const classByCluster = new Map<string, ClusterClass>();
  const classesByBundle = new Map<string, Set<ClusterClass>>();
  /** Per label key that a selector names: value → clusters, to find those that a newly named value splits off. */
  const postings = new Map<string, Map<string, Set<string>>>();
  let groups: readonly FleetGroup[] = [];
  let atoms: TargetAtoms = noAtoms;

  const evaluate = (clusterClass: ClusterClass, bundle: FleetBundle, member: FleetCluster): void => {
    const outcome = bundle.matchTargets({ ...member, groups: clusterClass.groups });
    const index = classesByBundle.get(bundle.name) ?? new Set<ClusterClass>();
    classesByBundle.set(bundle.name, index);
    if (outcome === undefined) {
      clusterClass.outcomes.delete(bundle.name);
      index.delete(clusterClass);
    } else {
      clusterClass.outcomes.set(bundle.name, outcome);
      index.add(clusterClass);
    }
    clusterClass.deployments = undefined;
  };
  const classFor = (signature: string, member: FleetCluster): ClusterClass => {
    const known = classes.get(signature);
    if (known !== undefined) return known;
    const created: ClusterClass = {
      signature,
      members: new Set(),
      paused: member.paused,
      groups: groups.filter((group) => group.matches(member.labels)),
      outcomes: new Map(),
      deployments: undefined,
      reports: new Map(),
    };
    classes.set(signature, created);
    for (const bundle of bundles.values()) evaluate(created, bundle, member);
    return created;
  };
  const leave = (name: string): void => {
    const from = classByCluster.get(name);
    if (from === undefined) return;
    events.left(name, from);
    from.members.delete(name);
    classByCluster.delete(name);
    if (from.members.size > 0) return;
    classes.delete(from.signature);
    for (const bundle of from.outcomes.keys()) classesByBundle.get(bundle)?.delete(from);
  };
  /** Puts a cluster into the class that its labels ask for; returns whether it moved. */
  const place = (cluster: FleetCluster): boolean => {
    const signature = `${cluster.paused ? "paused\n" : ""}${clusterSignature(cluster, atoms)}`;
    if (classByCluster.get(cluster.name)?.signature === signature) return false;
    leave(cluster.name);
    const to = classFor(signature, cluster);
    to.members.add(cluster.name);
    classByCluster.set(cluster.name, to);
    events.entered(cluster.name, to);
    return true;
  };
  const post = (cluster: FleetCluster, add: boolean): void => {
    for (const [key, values] of postings) {
      const value = cluster.labels[key];
      if (value === undefined) continue;
      const named = values.get(value) ?? new Set<string>();
      values.set(value, named);
      if (add) named.add(cluster.name);
      else named.delete(cluster.name);
      if (named.size === 0) values.delete(value);
    }
  };
  /** Makes the atoms tell apart what `more` tells apart; returns the clusters that this may split off. */
  const extendAtoms = (more: TargetAtoms): Set<string> => {
    const concerned = new Set<string>();
    for (const name of more.names) if (!atoms.names.has(name) && clusters.has(name)) concerned.add(name);
    for (const [key, values] of more.labels) {
      const known = atoms.labels.get(key);
      const posted = postings.get(key) ?? postKey(key, postings, clusters);
      if (known === undefined) for (const named of posted.values()) for (const name of named) concerned.add(name);
      else
        for (const value of values)
          if (!known.has(value)) for (const name of posted.get(value) ?? []) concerned.add(name);
    }
    atoms = mergeAtoms(atoms, more);
    return concerned;
  };
  const moveAll = (names: Iterable<string>): PartitionChange => {
    const moved = new Set<string>();
    const affected = new Set<ClusterClass>();
    for (const name of names) {
      const cluster = clusters.get(name);
      if (cluster === undefined || !place(cluster)) continue;
      moved.add(name);
      const now = classByCluster.get(name);
      if (now !== undefined) affected.add(now);
    }
    return { moved, affected };
  };

  return {
    clusters,
    bundles,
    classes,
    get groups() {
      return groups;
    },
    classOf: (cluster) => classByCluster.get(cluster),
    classesOf: (bundle) => classesByBundle.get(bundle) ?? noClasses,
    putCluster: (cluster) => {
      const previous = clusters.get(cluster.name);
      if (previous !== undefined) post(previous, false);
      clusters.set(cluster.name, cluster);
      post(cluster, true);
      return moveAll([cluster.name]);
    },
    removeCluster: (name) => {
      const cluster = clusters.get(name);
      if (cluster !== undefined) post(cluster, false);
      clusters.delete(name);
      leave(name);
      return { moved: new Set(), affected: new Set() };
    },
    changeBundles: (put, removed) => {
      const affected = new Set<ClusterClass>();
      for (const name of removed) {
        for (const clusterClass of classesByBundle.get(name) ?? []) {
          clusterClass.outcomes.delete(name);
          clusterClass.deployments = undefined;
          affected.add(clusterClass);
        }
        classesByBundle.delete(name);
        bundles.delete(name);
      }
      const retargeted: FleetBundle[] = [];
      for (const bundle of put) {
        if (bundles.get(bundle.name)?.targetingHash !== bundle.targetingHash) retargeted.push(bundle);
        bundles.set(bundle.name, bundle);
        for (const clusterClass of classesByBundle.get(bundle.name) ?? []) {
          clusterClass.deployments = undefined;
          affected.add(clusterClass);
        }
      }
      const split =
        retargeted.length === 0
          ? new Set<string>()
          : extendAtoms(mergeAtoms(...retargeted.map((bundle) => bundle.atoms)));
      const { moved, affected: movedTo } = moveAll(split);
      for (const bundle of retargeted) {
        for (const clusterClass of classes.values()) {
          const before = clusterClass.outcomes.get(bundle.name);
          const member = clusters.get(clusterClass.members.values().next().value ?? "");
          if (member === undefined) continue;
          evaluate(clusterClass, bundle, member);
          if (before !== undefined || clusterClass.outcomes.has(bundle.name)) affected.add(clusterClass);
        }
      }
      return { moved, affected: affected.union(movedTo) };
    },
    setGroups: (next) => {
      groups = next;
      extendAtoms(mergeAtoms(...next.map((group) => group.atoms)));
      for (const name of clusters.keys()) leave(name);
      return moveAll(clusters.keys());
    },
  };
}

function postKey(
  key: string,
  postings: Map<string, Map<string, Set<string>>>,
  clusters: ReadonlyMap<string, FleetCluster>,
): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  postings.set(key, values);
  for (const cluster of clusters.values()) {
    const value = cluster.labels[key];
    if (value === undefined) continue;
    const named = values.get(value) ?? new Set<string>();
    named.add(cluster.name);
    values.set(value, named);
  }
  return values;
}
