import type { ApiObject } from "../resources/api-object.ts";

/** The objects of one kind in memory, readable in key order. */
export interface Collection {
  get(key: string): ApiObject | undefined;
  put(key: string, object: ApiObject): void;
  remove(key: string): void;
  /** Keys in order, those of one namespace when it is given. */
  keys(namespace?: string): readonly string[];
}

/** Returns an empty collection. */
export function createCollection(): Collection {
  const objects = new Map<string, ApiObject>();
  let sorted: readonly string[] | undefined;

  function keys(namespace?: string): readonly string[] {
    sorted ??= [...objects.keys()].sort(compareKeys);
    return namespace === undefined ? sorted : keysWithPrefix(sorted, `${namespace}/`);
  }

  return {
    get: (key) => objects.get(key),
    put: (key, object) => {
      if (!objects.has(key)) sorted = undefined;
      objects.set(key, object);
    },
    remove: (key) => {
      if (objects.delete(key)) sorted = undefined;
    },
    keys,
  };
}

/** Returns the key of an object inside its collection: "namespace/name", or "name" for cluster-scoped kinds. */
export function collectionKey(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** Orders keys by code unit, as etcd orders bytes. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function keysWithPrefix(sorted: readonly string[], prefix: string): readonly string[] {
  const start = firstNotBelow(sorted, prefix);
  let end = start;
  while (sorted[end]?.startsWith(prefix) === true) end++;
  return sorted.slice(start, end);
}

/** Returns the index of the first key that is not below the given one. */
export function firstNotBelow(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
