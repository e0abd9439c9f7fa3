import { methodNotSupported } from "../../apiserver/resources/api-error.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { formatContinueToken, parseContinueToken } from "../../apiserver/storage/continue-token.ts";
import { createEventQueue } from "../../apiserver/storage/event-queue.ts";
import {
  type ListRequest,
  type ObjectKey,
  type ObjectList,
  type ObjectStore,
  type StoreEvent,
} from "../../apiserver/storage/object-store.ts";
import { badContinueToken, expiredVersion, missingObject } from "../../apiserver/storage/store-errors.ts";
import { fleetGroup } from "../../shared/api/meta.ts";
import { clusterNamespace } from "../../shared/names.ts";
import type { Hub, Workspace } from "../desired/hub.ts";
import { type ClusterSnapshot, deploymentsIn, sameDeployment, snapshotOf } from "./cluster-snapshot.ts";

/** What the view is computed from. */
export interface BundleDeploymentViewDeps {
  readonly hub: Hub;
  /** First version of the view: above all that an earlier process gave out. */
  readonly firstVersion: number;
}

/** The view, and how it learns that something changed. */
export interface BundleDeploymentView extends ObjectStore {
  /** Says that deployments of these clusters may look different now; costs nothing while nobody watches. */
  changed(workspace: Workspace, clusters: () => Iterable<string>): Promise<void>;
}

/** What somebody was shown: the clusters of a scope, by the namespace of their BundleDeployments, in order. */
interface Seen {
  readonly version: number;
  readonly namespace: string | undefined;
  readonly clusters: Map<string, ClusterSnapshot>;
}

interface Watcher extends Seen {
  push(event: StoreEvent): void;
}

const maxWatchLag = 100_000;
/** Lists that are remembered, for their further pages and for watches that begin where they end. */
const listsRemembered = 16;
/** Clusters looked at between two turns of the event loop. */
const sliceSize = 200;

/**
 * Returns BundleDeployments as a read-only kind: computed from class documents and reports when somebody looks, stored
 * nowhere (design.md section 3). Every list has a version of its own; its pages show one state, and a watch from it
 * brings what changed since, for as long as it is among the last lists. Other versions are Expired (410).
 */
export function createBundleDeploymentView({ hub, firstVersion }: BundleDeploymentViewDeps): BundleDeploymentView {
  const watchers = new Set<Watcher>();
  let lists: Seen[] = [];
  let version = firstVersion;

  const look = (namespace: string | undefined): Seen => {
    const seen = { version: ++version, namespace, clusters: new Map(snapshots(hub, namespace)) };
    lists = [...lists.slice(1 - listsRemembered), seen];
    return seen;
  };
  const tell = (watcher: Watcher, namespace: string, now: ClusterSnapshot | undefined): void => {
    if (watcher.namespace !== undefined && watcher.namespace !== namespace) return;
    const before = watcher.clusters.get(namespace);
    if (now === undefined) watcher.clusters.delete(namespace);
    else watcher.clusters.set(namespace, now);
    for (const event of changesBetween(before, now, version)) watcher.push(event);
  };

  return {
    get: async (key) => {
      for (const [, snapshot] of snapshots(hub, key.namespace))
        for (const object of deploymentsIn(snapshot))
          if (object.metadata.name === key.name) return stamp(object, version);
      throw missingObject(key);
    },
    list: async (request) => {
      const { seen, after } = startOf(request, { lists, version, look });
      return readPage(seen, request, after);
    },
    create: async (_key: ObjectKey) => refused(),
    update: async () => refused(),
    delete: async () => refused(),
    watch: (request, signal) => {
      const from = Number(request.fromResourceVersion);
      const seen = lists.find((list) => list.version === from && covers(list.namespace, request.namespace));
      if (seen === undefined && from !== version) throw expiredVersion(from, version);
      const queue = createEventQueue<StoreEvent>(maxWatchLag, () => expiredVersion(from, version));
      const known = seen?.clusters ?? snapshots(hub, request.namespace);
      const watcher: Watcher = {
        version: from,
        namespace: request.namespace,
        clusters: new Map([...known].filter(([namespace]) => covers(request.namespace, namespace))),
        push: (event) => queue.push(event),
      };
      watchers.add(watcher);
      const now = new Map(snapshots(hub, request.namespace));
      if (seen !== undefined) {
        version++;
        for (const namespace of new Set([...watcher.clusters.keys(), ...now.keys()]))
          tell(watcher, namespace, now.get(namespace));
      }
      const stop = (): void => {
        watchers.delete(watcher);
        queue.end();
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
      return queue.read();
    },
    changed: async (workspace, clusters) => {
      version++;
      if (watchers.size === 0) return;
      let looked = 0;
      for (const cluster of clusters()) {
        const namespace = clusterNamespace(workspace.namespace, cluster);
        for (const watcher of watchers) tell(watcher, namespace, snapshotOf(workspace, cluster));
        if (++looked % sliceSize === 0)
          await new Promise((resolve) => {
            setImmediate(resolve);
          });
      }
    },
  };
}

function refused(): never {
  throw methodNotSupported({ group: fleetGroup, resource: "bundledeployments" }, "write");
}

/** Whether a scope (undefined: all namespaces) contains another. */
function covers(scope: string | undefined, other: string | undefined): boolean {
  return scope === undefined || scope === other;
}

function stamp(object: ApiObject, version: number): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

function startOf(
  request: ListRequest,
  { lists, version, look }: { lists: readonly Seen[]; version: number; look: (namespace: string | undefined) => Seen },
): { seen: Seen; after: string } {
  if (request.continue === undefined) {
    const exact = request.exactResourceVersion;
    if (exact !== undefined && Number(exact) !== version) throw expiredVersion(Number(exact), version);
    return { seen: look(request.namespace), after: "" };
  }
  const token = parseContinueToken(request.continue);
  if (token === undefined) throw badContinueToken();
  const seen = lists.find((list) => list.version === token.version && list.namespace === request.namespace);
  if (seen === undefined) throw expiredVersion(token.version, version);
  return { seen, after: token.after };
}

function readPage({ version, clusters }: Seen, request: ListRequest, after: string): ObjectList {
  const limit = request.limit === undefined || request.limit === 0 ? Infinity : request.limit;
  const items: ApiObject[] = [];
  const resourceVersion = String(version);
  for (const [namespace, snapshot] of clusters) {
    // Keys are `<namespace>/<name>`, and both parts are in order.
    if (namespace < after.slice(0, Math.max(0, after.indexOf("/")))) continue;
    for (const object of deploymentsIn(snapshot)) {
      const key = keyOf(object);
      if (after !== "" && !isAfter(object, after)) continue;
      if (!(request.filter?.matches(object) ?? true)) continue;
      if (items.length === limit) {
        const last = items.at(-1);
        return {
          items,
          resourceVersion,
          continue: formatContinueToken({ version, after: last === undefined ? key : keyOf(last) }),
        };
      }
      items.push(stamp(object, version));
    }
  }
  return { items, resourceVersion };
}

function isAfter({ metadata: { namespace = "", name = "" } }: ApiObject, after: string): boolean {
  const slash = after.indexOf("/");
  const afterNamespace = after.slice(0, slash);
  return namespace > afterNamespace || (namespace === afterNamespace && name > after.slice(slash + 1));
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

function* changesBetween(
  before: ClusterSnapshot | undefined,
  now: ClusterSnapshot | undefined,
  version: number,
): Iterable<StoreEvent> {
  const resourceVersion = String(version);
  const old = new Map(before?.deployments.map((wanted) => [wanted.bundle, wanted]));
  for (const wanted of now?.deployments ?? []) {
    const known = old.get(wanted.bundle);
    old.delete(wanted.bundle);
    if (
      now === undefined ||
      (known !== undefined && before !== undefined && sameDeployment(before, now, wanted.bundle))
    )
      continue;
    const [object] = deploymentsIn(now, wanted.bundle);
    const [previous] = before === undefined || known === undefined ? [] : deploymentsIn(before, wanted.bundle);
    if (object === undefined) continue;
    if (previous === undefined) yield { type: "created", resourceVersion, object: stamp(object, version) };
    else yield { type: "updated", resourceVersion, object: stamp(object, version), previous };
  }
  for (const bundle of before === undefined ? [] : old.keys()) {
    const [previous] = before === undefined ? [] : deploymentsIn(before, bundle);
    if (previous !== undefined) yield { type: "deleted", resourceVersion, object: stamp(previous, version), previous };
  }
}

/** Returns the clusters of a scope in the order of their namespaces. */
function snapshots(hub: Hub, namespace: string | undefined): [string, ClusterSnapshot][] {
  const found: [string, ClusterSnapshot][] = [];
  for (const workspace of hub.workspaces()) {
    for (const cluster of workspace.status.partition.clusters.keys()) {
      const own = clusterNamespace(workspace.namespace, cluster);
      const snapshot = covers(namespace, own) ? snapshotOf(workspace, cluster) : undefined;
      if (snapshot !== undefined) found.push([own, snapshot]);
    }
  }
  return found.sort(([left], [right]) => (left < right ? -1 : 1));
}
