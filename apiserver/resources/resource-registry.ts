import type { ServedResource } from "./resource-definition.ts";

/** Group and version of a set of resources. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** The kinds that a server serves now; CustomResourceDefinitions add and remove some while it runs. */
export interface ResourceRegistry {
  find(group: string, version: string, plural: string): ServedResource | undefined;
  findKind(group: string, version: string, kind: string): ServedResource | undefined;
  /** Returns the resource of a group and plural name in its preferred version. */
  findPreferred(group: string, plural: string): ServedResource | undefined;
  /** Returns the resources of a group and version, by plural name; empty when it is not served. */
  ofGroupVersion(group: string, version: string): readonly ServedResource[];
  /** Returns groups in name order, core first, each with its versions, preferred first. */
  groups(): readonly { readonly group: string; readonly versions: readonly string[] }[];
  all(): readonly ServedResource[];
  /** Adds resources; one of the same group, version and plural is replaced. */
  add(resources: readonly ServedResource[]): void;
  remove(group: string, version: string, plural: string): void;
  /** Rises with every change: discovery and OpenAPI documents are computed once for each. */
  revision(): number;
}

/** Returns a registry with the given resources. */
export function createResourceRegistry(initial: readonly ServedResource[] = []): ResourceRegistry {
  const byPath = new Map<string, ServedResource>();
  let revision = 0;

  function add(resources: readonly ServedResource[]): void {
    for (const resource of resources) byPath.set(pathOf(resource), resource);
    revision++;
  }

  function ofGroupVersion(group: string, version: string): readonly ServedResource[] {
    return [...byPath.values()]
      .filter(({ names }) => names.group === group && names.version === version)
      .sort((left, right) => (left.names.plural < right.names.plural ? -1 : 1));
  }

  function groups(): readonly { readonly group: string; readonly versions: readonly string[] }[] {
    const versions = new Map<string, Set<string>>();
    for (const { names } of byPath.values()) {
      const known = versions.get(names.group) ?? new Set();
      versions.set(names.group, known.add(names.version));
    }
    return [...versions]
      .map(([group, found]) => ({ group, versions: [...found].sort(compareVersions) }))
      .sort((left, right) => (left.group < right.group ? -1 : 1));
  }

  function findPreferred(group: string, plural: string): ServedResource | undefined {
    let best: ServedResource | undefined;
    for (const resource of byPath.values()) {
      const { names } = resource;
      if (names.group !== group || names.plural !== plural) continue;
      if (best === undefined || compareVersions(names.version, best.names.version) < 0) best = resource;
    }
    return best;
  }

  add(initial);
  return {
    findPreferred,
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    findKind: (group, version, kind) => ofGroupVersion(group, version).find(({ names }) => names.kind === kind),
    ofGroupVersion,
    groups,
    all: () => [...byPath.values()],
    add,
    remove: (group, version, plural) => {
      if (byPath.delete(`${group}/${version}/${plural}`)) revision++;
    },
    revision: () => revision,
  };
}

function pathOf({ names }: ServedResource): string {
  return `${names.group}/${names.version}/${names.plural}`;
}

const versionPattern = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;
const stageOrder: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };

/**
 * Orders versions as Kubernetes prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, then other names alphabetically
 * (k8s.io/apimachinery pkg/version CompareKubeAwareVersionStrings).
 */
export function compareVersions(left: string, right: string): number {
  const a = rankOf(left);
  const b = rankOf(right);
  if (a === undefined || b === undefined) {
    if (a === undefined && b === undefined) return left < right ? -1 : Number(left > right);
    return a === undefined ? 1 : -1;
  }
  for (const [index, rank] of a.entries()) {
    const difference = (b[index] ?? 0) - rank;
    if (difference !== 0) return difference;
  }
  return 0;
}

function rankOf(version: string): readonly number[] | undefined {
  const match = versionPattern.exec(version);
  if (match === null) return undefined;
  const stage = match[2] === undefined ? 3 : (stageOrder[match[2]] ?? 0);
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}
