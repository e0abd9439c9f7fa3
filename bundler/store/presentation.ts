import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { collectionKey } from "../../apiserver/storage/collection.ts";
import type { ObjectKey, ResourceKey, StoreChange } from "../../apiserver/storage/object-store.ts";
import type { JsonObject } from "../../codec/json-value.ts";
import { stableHash } from "../../codec/stable-hash.ts";

/** Returns the computed status of an object, from what the hub holds in memory; undefined for none. */
export type Presenter = (object: ApiObject) => JsonObject | undefined;

interface Shown {
  readonly version: string;
  readonly statusHash: string;
}

/** Which version and status of each object the outside world has seen. */
export interface Presentation {
  add(resource: ResourceKey, presenter: Presenter): void;
  /** Returns the object as it is shown now. */
  show(key: ObjectKey, object: ApiObject): ApiObject;
  /** The version under which a stored object is shown: that of its last change, computed or written. */
  shownVersion(key: ObjectKey, object: ApiObject): string;
  /** The object was written: returns it as shown. */
  written(key: ObjectKey, object: ApiObject): ApiObject;
  /** The computed part may have changed: returns the event, or undefined when nothing shows. */
  touched(key: ObjectKey, object: ApiObject, nextVersion: () => number): StoreChange | undefined;
  forget(key: ObjectKey): void;
  isWatched(resource: ResourceKey): boolean;
  /** Somebody lists the kind: a watch from there may follow, so for a moment it counts as watched. */
  listed(resource: ResourceKey): void;
  watchStarted(resource: ResourceKey, signal: AbortSignal): void;
  /** Nobody watches: changes up to this version were not looked at, so a watch from before it must list again. */
  missed(resource: ResourceKey, version: number): void;
  missedAt(resource: ResourceKey): number;
}

/** A watch that follows a list begins within this time, or lists again. */
const watchFollowsMs = 10_000;

/** Returns a presentation that has shown nothing yet. */
export function createPresentation(): Presentation {
  const presenters = new Map<ResourceKey, Presenter>();
  const shown = new Map<string, Shown>();
  const watchers = new Map<ResourceKey, number>();
  const lists = new Map<ResourceKey, NodeJS.Timeout>();
  const missedVersions = new Map<ResourceKey, number>();

  const withStatus = (key: ObjectKey, object: ApiObject): ApiObject => {
    const status = presenters.get(key.resource)?.(object);
    return status === undefined ? object : { ...object, status };
  };
  const shownVersion = (key: ObjectKey, object: ApiObject): string => {
    const stored = object.metadata.resourceVersion ?? "";
    const last = shown.get(nameOf(key))?.version;
    return last !== undefined && Number(last) > Number(stored) ? last : stored;
  };
  return {
    add: (resource, presenter) => void presenters.set(resource, presenter),
    shownVersion,
    show: (key, object) => {
      const resourceVersion = shownVersion(key, object);
      return { ...withStatus(key, object), metadata: { ...object.metadata, resourceVersion } };
    },
    written: (key, object) => {
      if (!presenters.has(key.resource)) return object;
      const presented = withStatus(key, object);
      shown.set(nameOf(key), {
        version: object.metadata.resourceVersion ?? "",
        statusHash: stableHash(presented["status"] ?? null),
      });
      return presented;
    },
    touched: (key, object, nextVersion) => {
      const presented = withStatus(key, object);
      const statusHash = stableHash(presented["status"] ?? null);
      if (shown.get(nameOf(key))?.statusHash === statusHash) return undefined;
      const version = String(nextVersion());
      shown.set(nameOf(key), { version, statusHash });
      const changed = { ...presented, metadata: { ...object.metadata, resourceVersion: version } };
      return { type: "updated", resourceVersion: version, object: changed, previous: object };
    },
    forget: (key) => void shown.delete(nameOf(key)),
    isWatched: (resource) => (watchers.get(resource) ?? 0) > 0 || lists.has(resource),
    listed: (resource) => {
      if (!presenters.has(resource)) return;
      const known = lists.get(resource);
      if (known === undefined) lists.set(resource, setTimeout(() => lists.delete(resource), watchFollowsMs).unref());
      else known.refresh();
    },
    watchStarted: (resource, signal) => {
      if (signal.aborted) return;
      watchers.set(resource, (watchers.get(resource) ?? 0) + 1);
      signal.addEventListener("abort", () => watchers.set(resource, (watchers.get(resource) ?? 1) - 1), { once: true });
    },
    missed: (resource, version) => void missedVersions.set(resource, version),
    missedAt: (resource) => missedVersions.get(resource) ?? 0,
  };
}

function nameOf(key: ObjectKey): string {
  return `${key.resource} ${collectionKey(key.namespace, key.name)}`;
}
