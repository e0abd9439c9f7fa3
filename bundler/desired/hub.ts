import type { ResourceKey } from "../../apiserver/storage/object-store.ts";
import { approvedLossAnnotation } from "../../shared/api/annotations.ts";
import { bundleSchema } from "../../shared/api/bundle.ts";
import { clusterGroupSchema } from "../../shared/api/cluster-group.ts";
import { clusterSchema } from "../../shared/api/cluster.ts";
import { defaultHubBudget, type HubBudget, removalBudgetOrNone } from "../../shared/api/removal-budget.ts";
import { type AppError, toAppError } from "../../shared/errors.ts";
import { atomsOfSelector } from "../../shared/targeting/cluster-class.ts";
import { compileSelector } from "../../shared/targeting/match-selector.ts";
import type { CommittedChange } from "../store/object-table.ts";
import { type AimedBundle, createFleetBundle, contentOf } from "./fleet-bundle.ts";
import { createFleetStatus, type FleetStatus } from "./fleet-status.ts";
import type { ClusterClass, FleetCluster, FleetGroup } from "./fleet.ts";
import { createRemovalBudget, readLossApproval, type RemovalBudget } from "./removal-budget.ts";
import { createWaiters, type Waiters } from "./waiters.ts";

export const clusterResource: ResourceKey = "fleet.cattle.io/clusters";
export const bundleResource: ResourceKey = "fleet.cattle.io/bundles";
export const groupResource: ResourceKey = "fleet.cattle.io/clustergroups";
export const gitRepoResource: ResourceKey = "fleet.cattle.io/gitrepos";

/** One workspace as the hub holds it in memory: all of it follows from the stored objects and reports. */
export interface Workspace {
  readonly namespace: string;
  readonly status: FleetStatus;
  readonly waiters: Waiters;
  readonly bundles: ReadonlyMap<string, AimedBundle>;
  /** Bundles that cannot be aimed, with the cause. */
  readonly faultyBundles: ReadonlyMap<string, AppError>;
  /** ClusterGroups that cannot be read, with the cause: while there are any, nobody is told to remove what is not aimed at him. */
  readonly faultyGroups: ReadonlyMap<string, AppError>;
  /** Bundles that are gone, with the cause. */
  readonly removedBundles: ReadonlyMap<string, string>;
  /** Whether the store was restored from a backup and nobody has approved yet that bundles are removed from clusters. */
  readonly restored: boolean;
  /** How many clusters may lose a GitRepo's bundles without anybody's word. */
  readonly budget: RemovalBudget;
  /** Returns the cluster that a Kubernetes cluster (by its identity) registered as. */
  clusterByClientId(clientId: string): string | undefined;
}

/** What a batch of changes did to a workspace. */
export interface WorkspaceChange {
  readonly workspace: Workspace;
  readonly affected: ReadonlySet<ClusterClass>;
  readonly bundles: ReadonlySet<string>;
  readonly clusters: ReadonlySet<string>;
}

/** The hub's memory: workspaces with their classes, kept in step with the stored objects. */
export interface Hub {
  workspace(namespace: string): Workspace;
  workspaces(): Iterable<Workspace>;
  /** Takes in what a commit of the store changed, as one step, and wakes the agents concerned. */
  apply(changes: readonly Pick<CommittedChange, "key" | "type" | "object" | "because">[]): void;
  /** Says whether a workspace waits since its store was restored; returns whether that is new. */
  setRestored(namespace: string, restored: boolean): boolean;
  /** Takes in what was removed before the hub started. */
  loadRemoved(removed: ReadonlyMap<string, string>): void;
  onChange(listener: (change: WorkspaceChange) => void): void;
}

interface MutableWorkspace extends Workspace {
  restored: boolean;
  readonly bundles: Map<string, AimedBundle>;
  readonly faultyBundles: Map<string, AppError>;
  readonly faultyGroups: Map<string, AppError>;
  readonly removedBundles: Map<string, string>;
  readonly groups: Map<string, FleetGroup>;
  readonly clientIds: Map<string, string>;
}

type Change = Pick<CommittedChange, "key" | "type" | "object" | "because">;

/** Returns a hub that knows nothing yet; feed it the stored objects first. */
export function createHub(limits: HubBudget = defaultHubBudget): Hub {
  const workspaces = new Map<string, MutableWorkspace>();
  const listeners: ((change: WorkspaceChange) => void)[] = [];
  const workspaceOf = (namespace: string): MutableWorkspace => {
    const known = workspaces.get(namespace);
    if (known !== undefined) return known;
    const clientIds = new Map<string, string>();
    const status = createFleetStatus(namespace);
    const bundles = new Map<string, AimedBundle>();
    const created: MutableWorkspace = {
      namespace,
      restored: false,
      clientIds,
      clusterByClientId: (clientId) => clientIds.get(clientId),
      status,
      budget: createRemovalBudget(status, bundles, { workspace: namespace, limits }),
      waiters: createWaiters(),
      bundles,
      faultyBundles: new Map(),
      faultyGroups: new Map(),
      removedBundles: new Map(),
      groups: new Map(),
    };
    workspaces.set(namespace, created);
    return created;
  };
  return {
    workspace: workspaceOf,
    workspaces: () => workspaces.values(),
    setRestored: (namespace, restored) => {
      if (!restored && workspaces.get(namespace)?.restored !== true) return false;
      const workspace = workspaceOf(namespace);
      if (workspace.restored === restored) return false;
      workspace.restored = restored;
      workspace.waiters.wakeClasses(new Set(workspace.status.partition.classes.values()));
      return true;
    },
    loadRemoved: (removed) => {
      for (const [key, because] of removed) {
        const slash = key.indexOf("/");
        workspaceOf(key.slice(0, slash)).removedBundles.set(key.slice(slash + 1), because);
      }
    },
    onChange: (listener) => void listeners.push(listener),
    apply: (changes) => {
      const namespaces = new Set(changes.map(({ key }) => key.namespace));
      for (const namespace of namespaces) {
        const of = (resource: ResourceKey): Change[] =>
          changes.filter(({ key }) => key.namespace === namespace && key.resource === resource);
        const workspace = workspaceOf(namespace);
        const change = applyToWorkspace(workspace, {
          groups: of(groupResource),
          clusters: of(clusterResource),
          bundles: of(bundleResource),
          gitRepos: of(gitRepoResource),
        });
        workspace.waiters.wakeClasses(change.affected);
        for (const cluster of change.clusters) workspace.waiters.wakeCluster(cluster);
        for (const listener of listeners) listener(change);
      }
    },
  };
}

interface ChangesByKind {
  readonly groups: readonly Change[];
  readonly clusters: readonly Change[];
  readonly bundles: readonly Change[];
  readonly gitRepos: readonly Change[];
}

function applyToWorkspace(
  workspace: MutableWorkspace,
  { groups, clusters, bundles, gitRepos }: ChangesByKind,
): WorkspaceChange {
  const { partition } = workspace.status;
  workspace.budget.invalidate();
  let affected = applyApprovals(workspace, gitRepos);
  const touched = new Set<string>();
  if (groups.length > 0) {
    for (const { key, type, object } of groups) {
      workspace.faultyGroups.delete(key.name);
      if (type === "deleted") workspace.groups.delete(key.name);
      else {
        // A group that cannot be read keeps its place, as a bundle does: a mistake moves no cluster.
        try {
          workspace.groups.set(key.name, createGroup(object));
        } catch (error) {
          workspace.faultyGroups.set(key.name, toAppError(error));
        }
      }
    }
    affected = affected.union(partition.setGroups([...workspace.groups.values()]).affected);
  }
  for (const { key, type, object } of clusters) {
    touched.add(key.name);
    const known = partition.clusters.get(key.name)?.clientId;
    if (known !== undefined) workspace.clientIds.delete(known);
    if (type === "deleted") {
      workspace.status.forget(key.name);
      partition.removeCluster(key.name);
      continue;
    }
    const cluster = createCluster(object);
    if (cluster.clientId !== undefined) workspace.clientIds.set(cluster.clientId, cluster.name);
    affected = affected.union(partition.putCluster(cluster).affected);
  }
  if (bundles.length > 0) {
    const { put, removed } = sortBundles(workspace, bundles);
    const change = partition.changeBundles(put, removed);
    affected = affected.union(change.affected);
    for (const name of change.moved) touched.add(name);
  }
  return { workspace, affected, bundles: new Set(bundles.map(({ key }) => key.name)), clusters: touched };
}

/** Returns the classes whose members may remove more, or less, than before. */
function applyApprovals({ budget, status }: MutableWorkspace, gitRepos: readonly Change[]): ReadonlySet<ClusterClass> {
  let some = false;
  for (const { key, type, object } of gitRepos) {
    const approval =
      type === "deleted" ? undefined : readLossApproval(object.metadata.annotations?.[approvedLossAnnotation]);
    budget.approve(key.name, approval);
    const own = type === "deleted" ? {} : removalBudgetOrNone(object.metadata.annotations);
    budget.limit(key.name, own);
    some ||= approval !== undefined || Object.keys(own).length > 0;
  }
  return some ? new Set(status.partition.classes.values()) : new Set();
}

/** A bundle whose targets are faulty keeps its place: nothing that runs is removed because of a mistake. */
function sortBundles(
  workspace: MutableWorkspace,
  changes: readonly Change[],
): { put: AimedBundle[]; removed: string[] } {
  const put: AimedBundle[] = [];
  const removed: string[] = [];
  const labelsOfBundles = (): Map<string, Readonly<Record<string, string>>> =>
    new Map([...workspace.bundles].map(([name, { labels }]) => [name, labels]));
  for (const { key, type, object, because } of changes) {
    if (type === "deleted") {
      workspace.bundles.delete(key.name);
      workspace.faultyBundles.delete(key.name);
      workspace.removedBundles.set(key.name, because ?? "deleted");
      removed.push(key.name);
      continue;
    }
    workspace.removedBundles.delete(key.name);
    try {
      const bundle = bundleSchema.parse(object);
      const made = contentOf(bundle);
      if (made === undefined) continue;
      const aimed = createFleetBundle(bundle, made, { workspace: workspace.namespace, labelsOfBundles });
      workspace.bundles.set(key.name, aimed);
      workspace.faultyBundles.delete(key.name);
      put.push(aimed);
    } catch (error) {
      workspace.faultyBundles.set(key.name, toAppError(error));
    }
  }
  return { put, removed };
}

function createGroup(object: CommittedChange["object"]): FleetGroup {
  const group = clusterGroupSchema.parse(object);
  const { selector } = group.spec ?? {};
  const matches = selector === undefined ? () => false : compileSelector(selector);
  return {
    name: group.metadata.name ?? "",
    labels: group.metadata.labels ?? {},
    atoms: selector === undefined ? { labels: new Map(), names: new Set() } : atomsOfSelector(selector),
    matches,
  };
}

function createCluster(object: CommittedChange["object"]): FleetCluster {
  const cluster = clusterSchema.parse(object);
  return {
    namespace: cluster.metadata.namespace ?? "",
    name: cluster.metadata.name ?? "",
    labels: cluster.metadata.labels ?? {},
    annotations: cluster.metadata.annotations ?? {},
    templateValues: cluster.spec?.templateValues ?? {},
    paused: cluster.spec?.paused ?? false,
    generation: cluster.metadata.generation ?? 1,
    clientId: cluster.spec?.clientID,
  };
}
