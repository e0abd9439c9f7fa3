import type { ApiObject } from "../resources/api-object.ts";

/** Names a collection as storage sees it: "group/plural", for example "apps/deployments" or "/pods" for the core group. */
export type ResourceKey = `${string}/${string}`;

/** Names one stored object; `namespace` is "" for cluster-scoped kinds. */
export interface ObjectKey {
  readonly resource: ResourceKey;
  readonly namespace: string;
  readonly name: string;
}

/** Which objects of a collection are asked for; stores call `matches`, and may read the rest to use an index. */
export interface ObjectFilter {
  /** Exact label values that every match has (a subset of what `matches` checks). */
  readonly labels: Readonly<Record<string, string>>;
  /** Exact field values, by path ("metadata.name"), that every match has (a subset of what `matches` checks). */
  readonly fields: Readonly<Record<string, string>>;
  /** The whole truth: label and field selector together. */
  matches(object: ApiObject): boolean;
}

/** What to list. */
export interface ListRequest {
  readonly resource: ResourceKey;
  /** Only this namespace; undefined means all. */
  readonly namespace?: string | undefined;
  readonly filter?: ObjectFilter | undefined;
  /** At most this many items; undefined or 0 means all. */
  readonly limit?: number | undefined;
  /** The opaque token of an earlier page, which is continued at that page's resource version. */
  readonly continue?: string | undefined;
  /** List the state at exactly this version instead of the newest; stores that keep no history may refuse with Expired. */
  readonly exactResourceVersion?: string | undefined;
}

/** One page of objects in the order of (namespace, name), as they were at `resourceVersion`. */
export interface ObjectList {
  readonly items: readonly ApiObject[];
  readonly resourceVersion: string;
  /** Set when there are more. */
  readonly continue?: string | undefined;
  /** How many are left after this page; absent on the last page and with a filter. */
  readonly remainingItemCount?: number | undefined;
}

/** What to watch. */
export interface WatchRequest {
  readonly resource: ResourceKey;
  readonly namespace?: string | undefined;
  /** Events after this version are sent, none is left out; a version that the store no longer remembers is Expired (410). */
  readonly fromResourceVersion: string;
  /** When set, the store sends a `progress` about this often while nothing else happens. */
  readonly progressEveryMs?: number | undefined;
}

/** A change of one object. */
export interface StoreChange {
  readonly type: "created" | "updated" | "deleted";
  readonly resourceVersion: string;
  /** The new state; for `deleted` the last state, with the version of the deletion in its metadata. */
  readonly object: ApiObject;
  /** The state before, for `updated` and `deleted`: selectors need both sides. */
  readonly previous?: ApiObject | undefined;
}

/** Every change of the collection up to `resourceVersion` has been sent. */
export interface StoreProgress {
  readonly type: "progress";
  readonly resourceVersion: string;
}

export type StoreEvent = StoreChange | StoreProgress;

/** Conditions under which an update or deletion is still wanted. */
export interface WritePreconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/**
 * What a kind's storage can do. Implemented by memory (`createMemoryStore`), by the hub over SQL, and by views that are
 * computed and stored nowhere (these refuse writes with MethodNotSupported).
 *
 * Versions: one decimal sequence per store, rising with every write of any collection; the store stamps
 * `metadata.resourceVersion` on what it returns. A list and then a watch from the list's version misses and repeats nothing.
 * Errors are `ApiError`: NotFound, AlreadyExists, Conflict (a precondition does not hold), Expired (410).
 * Objects that were handed in or out are never changed by either side.
 */
export interface ObjectStore {
  /** Returns the object, or throws NotFound. */
  get(key: ObjectKey): Promise<ApiObject>;
  list(request: ListRequest): Promise<ObjectList>;
  /** Stores a new object and returns it with its version; throws AlreadyExists. */
  create(key: ObjectKey, object: ApiObject): Promise<ApiObject>;
  /**
   * Replaces the object and returns it with its version; throws NotFound or Conflict. An update that changes nothing is
   * no write: the stored object comes back with its old version.
   */
  update(key: ObjectKey, object: ApiObject, preconditions?: WritePreconditions): Promise<ApiObject>;
  /** Removes the object and returns its last state; throws NotFound or Conflict. */
  delete(key: ObjectKey, preconditions?: WritePreconditions): Promise<ApiObject>;
  /**
   * Returns the changes after a version. The subscription begins with this call, not with the first read; it ends
   * without error when `signal` is aborted, and by throwing Expired when the reader lags behind what the store remembers.
   */
  watch(request: WatchRequest, signal: AbortSignal): AsyncIterable<StoreEvent>;
}

/** Returns the storage name of a collection: `resourceKey("apps", "deployments")` is "apps/deployments". */
export function resourceKey(group: string, plural: string): ResourceKey {
  return `${group}/${plural}`;
}
