import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { methodNotSupported } from "../../apiserver/resources/api-error.ts";
import {
  type ObjectKey,
  type ObjectList,
  type ObjectStore,
  resourceKey,
  type StoreEvent,
} from "../../apiserver/storage/object-store.ts";
import { createEventQueue } from "../../apiserver/storage/event-queue.ts";
import { expiredVersion, missingObject } from "../../apiserver/storage/store-errors.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { fleetApiVersion, fleetGroup } from "../../shared/api/meta.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import { deploymentState } from "../../shared/status/roll-up-status.ts";
import { deploymentMessage } from "../../shared/status/status-message.ts";
import { deploymentsOf } from "../desired/desired-document.ts";
import type { Hub, Workspace } from "../desired/hub.ts";
import { clusterNamespace } from "./status-views.ts";

export const bundleDeploymentResource = resourceKey(fleetGroup, "bundledeployments");

/** What the view is computed from. */
export interface BundleDeploymentViewDeps {
  readonly hub: Hub;
  /** The hub's sequence: the version of everything computed now. */
  readonly version: () => number;
}

/** The view, and how it learns that something changed. */
export interface BundleDeploymentView extends ObjectStore {
  /** Says that deployments of these clusters may look different now; costs nothing while nobody watches. */
  changed(workspace: Workspace, clusters: () => Iterable<string>): void;
}

interface Watcher {
  readonly namespace: string | undefined;
  readonly known: Map<string, ApiObject>;
  push(event: StoreEvent): void;
}

/**
 * Returns BundleDeployments as a read-only kind: computed from class documents and reports when somebody looks, stored
 * nowhere (design.md section 3). A watch must begin at the version of a list made just before; older ones are Expired.
 */
export function createBundleDeploymentView({ hub, version }: BundleDeploymentViewDeps): BundleDeploymentView {
  const watchers = new Set<Watcher>();
  let changedAt = 0;
  const stamp = (object: ApiObject): ApiObject => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: String(version()) },
  });
  return {
    get: async (key) => {
      const found = [...listAll(hub, key.namespace)].find(({ metadata }) => metadata.name === key.name);
      if (found === undefined) throw missingObject(key);
      return stamp(found);
    },
    list: async (request): Promise<ObjectList> => {
      const items = [...listAll(hub, request.namespace)]
        .filter((object) => request.filter?.matches(object) ?? true)
        .map(stamp);
      return { items: items.toSorted(byKey), resourceVersion: String(version()) };
    },
    create: async (_key: ObjectKey) => refused(),
    update: async () => refused(),
    delete: async () => refused(),
    watch: (request, signal) => {
      const from = Number(request.fromResourceVersion);
      if (from < changedAt) throw expiredVersion(from, version());
      const queue = createEventQueue<StoreEvent>(10_000, () => expiredVersion(from, version()));
      const watcher: Watcher = { namespace: request.namespace, known: new Map(), push: (event) => queue.push(event) };
      for (const object of listAll(hub, request.namespace)) watcher.known.set(keyOf(object), object);
      watchers.add(watcher);
      signal.addEventListener("abort", () => {
        watchers.delete(watcher);
        queue.end();
      });
      return queue.read();
    },
    changed: (workspace, clusters) => {
      changedAt = version();
      if (watchers.size === 0) return;
      for (const cluster of clusters()) {
        for (const watcher of watchers) tell(watcher, { workspace, cluster, version: String(version()) });
      }
    },
  };
}

function refused(): never {
  throw methodNotSupported({ group: fleetGroup, resource: "bundledeployments" }, "write");
}

function tell(
  watcher: Watcher,
  { workspace, cluster, version }: { workspace: Workspace; cluster: string; version: string },
): void {
  const namespace = clusterNamespace(workspace.namespace, cluster);
  if (watcher.namespace !== undefined && watcher.namespace !== namespace) return;
  const now = new Map([...listCluster(workspace, cluster)].map((object) => [keyOf(object), object]));
  const stamp = (object: ApiObject): ApiObject => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: version },
  });
  for (const [key, previous] of watcher.known) {
    if (!key.startsWith(`${namespace}/`) || now.has(key)) continue;
    watcher.known.delete(key);
    watcher.push({ type: "deleted", resourceVersion: version, object: stamp(previous), previous });
  }
  for (const [key, object] of now) {
    const previous = watcher.known.get(key);
    if (previous !== undefined && stableHash(previous) === stableHash(object)) continue;
    watcher.known.set(key, object);
    if (previous === undefined) watcher.push({ type: "created", resourceVersion: version, object: stamp(object) });
    else watcher.push({ type: "updated", resourceVersion: version, object: stamp(object), previous });
  }
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

function byKey(left: ApiObject, right: ApiObject): number {
  return keyOf(left) < keyOf(right) ? -1 : 1;
}

function* listAll(hub: Hub, namespace: string | undefined): Iterable<ApiObject> {
  for (const workspace of hub.workspaces()) {
    for (const cluster of workspace.status.partition.clusters.keys()) {
      if (namespace === undefined || namespace === clusterNamespace(workspace.namespace, cluster))
        yield* listCluster(workspace, cluster);
    }
  }
}

function* listCluster(workspace: Workspace, cluster: string): Iterable<ApiObject> {
  const { partition } = workspace.status;
  const clusterClass = partition.classOf(cluster);
  if (clusterClass === undefined) return;
  const said = workspace.status.reportOf(cluster);
  const states = workspace.status.reportedStates(cluster);
  for (const wanted of deploymentsOf(clusterClass, partition.bundles)) {
    const reported = states.get(wanted.bundle);
    const state = deploymentState(wanted, reported, said?.online ?? true);
    yield createBundleDeployment(
      { workspace, cluster, wanted },
      { state, appliedId: reported?.id, detail: said?.exceptions.get(wanted.bundle) },
    );
  }
}

interface Place {
  readonly workspace: Workspace;
  readonly cluster: string;
  readonly wanted: DesiredDeployment;
}

interface Said {
  readonly state: string;
  readonly appliedId: string | undefined;
  readonly detail: DeploymentStatus | undefined;
}

function createBundleDeployment({ workspace, cluster, wanted }: Place, { state, appliedId, detail }: Said): ApiObject {
  const name = wanted.bundle.slice(wanted.bundle.indexOf("/") + 1);
  const namespace = clusterNamespace(workspace.namespace, cluster);
  const ready = state === "Ready";
  const message = detail === undefined ? undefined : deploymentMessage(detail);
  const modified = state === "Modified";
  return {
    apiVersion: fleetApiVersion,
    kind: "BundleDeployment",
    metadata: {
      namespace,
      name,
      uid: stableHash([workspace.namespace, cluster, name]).slice(0, 32),
      labels: {
        "fleet.cattle.io/bundle-name": name,
        "fleet.cattle.io/bundle-namespace": workspace.namespace,
        "fleet.cattle.io/cluster": cluster,
        "fleet.cattle.io/cluster-namespace": workspace.namespace,
      },
    },
    spec: {
      stagedDeploymentID: wanted.deploymentId,
      ...(wanted.paused === true ? { paused: true } : { deploymentID: wanted.deploymentId }),
      contentId: wanted.content,
      optionsId: wanted.options,
    },
    status: {
      ...(appliedId === undefined ? {} : { appliedDeploymentID: appliedId }),
      ready,
      nonModified: !modified,
      display: {
        deployed: appliedId === wanted.deploymentId ? "True" : "False",
        monitored: appliedId === undefined ? "False" : "True",
        state,
      },
      conditions: [
        { type: "Ready", status: ready ? "True" : "False", ...(message === undefined ? {} : { message }) },
        { type: "Deployed", status: appliedId === wanted.deploymentId ? "True" : "False" },
      ],
      ...(detail === undefined ? {} : { detail: plain(detail) }),
    },
  };
}

/** Returns a parsed status as JSON: absent fields are left out. */
function plain(value: DeploymentStatus): JsonObject {
  return JSON.parse(JSON.stringify(value)) as Record<string, JsonValue>;
}
