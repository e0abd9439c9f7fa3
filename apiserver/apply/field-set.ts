import { comparePathElements, type FieldPath, type PathElement } from "./path-element.ts";

/**
 * A set of paths, kept as a tree: `members` are the steps at which a path of the set ends, `children` the longer
 * ones by their first step. A step can be both. Values are never changed once they left the function that made them.
 */
export interface FieldSet {
  readonly members: ReadonlySet<PathElement>;
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

/** A set under construction. */
export interface FieldSetBuilder extends FieldSet {
  readonly members: Set<PathElement>;
  readonly children: Map<PathElement, FieldSetBuilder>;
}

/** The set without paths. */
export const emptyFieldSet: FieldSet = { members: new Set(), children: new Map() };

/** Returns a set to fill with `addPath`. */
export function createFieldSet(): FieldSetBuilder {
  return { members: new Set(), children: new Map() };
}

/** Adds a path to a set under construction; the empty path (the root) is never in a set. */
export function addPath(set: FieldSetBuilder, path: FieldPath): void {
  let node = set;
  for (const step of path.slice(0, -1)) {
    let child = node.children.get(step);
    if (child === undefined) {
      child = createFieldSet();
      node.children.set(step, child);
    }
    node = child;
  }
  const last = path.at(-1);
  if (last !== undefined) node.members.add(last);
}

/** Returns the set of the given paths. */
export function fieldSetOf(...paths: readonly FieldPath[]): FieldSet {
  const set = createFieldSet();
  for (const path of paths) addPath(set, path);
  return set;
}

/** Returns whether the set has no path. */
export function isEmptyFieldSet(set: FieldSet): boolean {
  return set.members.size === 0 && set.children.values().every(isEmptyFieldSet);
}

/** Returns whether the path itself (not only longer ones) is in the set. */
export function hasPath(set: FieldSet, path: FieldPath): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return false;
  if (rest.length === 0) return set.members.has(first);
  const child = set.children.get(first);
  return child !== undefined && hasPath(child, rest);
}

/** Returns the paths below a step, empty when there are none. */
export function below(set: FieldSet, step: PathElement): FieldSet {
  return set.children.get(step) ?? emptyFieldSet;
}

/** Returns the paths that are in either set. */
export function unionFields(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map(left.children);
  for (const [step, child] of right.children) {
    const mine = children.get(step);
    children.set(step, mine === undefined ? child : unionFields(mine, child));
  }
  return { members: left.members.union(right.members), children };
}

/** Returns the paths that are in both sets. */
export function intersectFields(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [step, child] of left.children) {
    const other = right.children.get(step);
    if (other === undefined) continue;
    const both = intersectFields(child, other);
    if (!isEmptyFieldSet(both)) children.set(step, both);
  }
  return { members: left.members.intersection(right.members), children };
}

/** Returns the paths of the first set that are not in the second; what lies below a removed path stays. */
export function subtractFields(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [step, child] of left.children) {
    const other = right.children.get(step);
    const rest = other === undefined ? child : subtractFields(child, other);
    if (other === undefined || !isEmptyFieldSet(rest)) children.set(step, rest);
  }
  return { members: left.members.difference(right.members), children };
}

/** Returns the paths of the first set that are neither in the second nor below one of its paths. */
export function subtractFieldTrees(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [step, child] of left.children) {
    if (right.members.has(step)) continue;
    const other = right.children.get(step);
    const rest = other === undefined ? child : subtractFieldTrees(child, other);
    if (other === undefined || !isEmptyFieldSet(rest)) children.set(step, rest);
  }
  return { members: left.members.difference(right.members), children };
}

/** Returns all paths, at each level those that end there first, sorted as structured-merge-diff sorts them. */
export function listPaths(set: FieldSet): FieldPath[] {
  const members = [...set.members].sort(comparePathElements).map((step) => [step]);
  const longer = [...set.children]
    .sort(([left], [right]) => comparePathElements(left, right))
    .flatMap(([step, child]) => listPaths(child).map((path) => [step, ...path]));
  return [...members, ...longer];
}
