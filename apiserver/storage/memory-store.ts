import { staleVersionProblem } from "../resources/api-error.ts";
import { jsonEqual } from "../resources/json-fields.ts";
import type { ApiObject } from "../resources/api-object.ts";
import { createCollection, collectionKey, type Collection } from "./collection.ts";
import { createEventHistory, type EventHistory, type RecordedChange } from "./event-history.ts";
import { listCollection } from "./list-collection.ts";
import type {
  ObjectKey,
  ObjectStore,
  ResourceKey,
  StoreChange,
  WatchRequest,
  WritePreconditions,
} from "./object-store.ts";
import { existingObject, missingObject, conflictingWrite } from "./store-errors.ts";
import { watchHistory } from "./watch-history.ts";

/** A store in memory, for simulated clusters and tests. */
export interface MemoryStore extends ObjectStore {
  /** Returns the version of the newest write. */
  currentVersion(): string;
  /** Calls `listener` after every change of any collection; the returned function ends that. */
  listen(listener: (resource: ResourceKey, change: StoreChange) => void): () => void;
  /** Forgets all changes before now: a watch from an older version is then Expired. */
  compact(): void;
}

/** Settings of a memory store. */
export interface MemoryStoreOptions {
  /** How many changes are remembered for watches and for later pages of lists (default 2,048). */
  readonly historySize?: number;
  /** How many changes a watcher may lag behind before it is ended with Expired (default 10,000). */
  readonly maxWatchLag?: number;
}

interface StoreState {
  readonly collections: Map<ResourceKey, Collection>;
  readonly history: EventHistory;
  version: number;
}

/** Returns an empty store; its writes are applied one after the other, in call order. */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const historySize = options.historySize ?? 2048;
  const state: StoreState = { collections: new Map(), version: 1, history: createEventHistory(historySize, 1) };

  function collectionOf(resource: ResourceKey): Collection {
    const existing = state.collections.get(resource);
    if (existing !== undefined) return existing;
    const created = createCollection();
    state.collections.set(resource, created);
    return created;
  }

  function existing(key: ObjectKey, preconditions?: WritePreconditions): ApiObject {
    const object = collectionOf(key.resource).get(collectionKey(key.namespace, key.name));
    if (object === undefined) throw missingObject(key);
    checkPreconditions(key, object, preconditions);
    return object;
  }

  function record(key: ObjectKey, change: Omit<StoreChange, "resourceVersion">): ApiObject {
    state.version++;
    const resourceVersion = String(state.version);
    const object = { ...change.object, metadata: { ...change.object.metadata, resourceVersion } };
    const path = collectionKey(key.namespace, key.name);
    if (change.type === "deleted") collectionOf(key.resource).remove(path);
    else collectionOf(key.resource).put(path, object);
    const recorded: RecordedChange = {
      version: state.version,
      resource: key.resource,
      namespace: key.namespace,
      key: path,
      change: { ...change, object, resourceVersion },
    };
    state.history.append(recorded);
    return object;
  }

  return {
    get: async (key) => existing(key),
    list: async (request) =>
      listCollection(
        { collection: collectionOf(request.resource), history: state.history, version: state.version },
        request,
      ),
    create: async (key, object) => {
      if (collectionOf(key.resource).get(collectionKey(key.namespace, key.name)) !== undefined) {
        throw existingObject(key);
      }
      return record(key, { type: "created", object });
    },
    update: async (key, object, preconditions) => {
      const previous = existing(key, preconditions);
      const unchanged = { ...object, metadata: { ...object.metadata, resourceVersion: versionOf(previous) } };
      if (jsonEqual(unchanged, previous)) return previous;
      return record(key, { type: "updated", object, previous });
    },
    delete: async (key, preconditions) => {
      const previous = existing(key, preconditions);
      return record(key, { type: "deleted", object: previous, previous });
    },
    watch: (request: WatchRequest, signal: AbortSignal) =>
      watchHistory(
        { history: state.history, version: () => state.version, maxLag: options.maxWatchLag ?? 10_000 },
        request,
        signal,
      ),
    listen: (listener) => state.history.listen(({ resource, change }) => listener(resource, change)),
    currentVersion: () => String(state.version),
    compact: () => state.history.forget(state.version),
  };
}

function versionOf(object: ApiObject): string {
  return object.metadata.resourceVersion ?? "";
}

function checkPreconditions(key: ObjectKey, object: ApiObject, preconditions: WritePreconditions | undefined): void {
  if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata.uid) {
    throw conflictingWrite(
      key,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${object.metadata.uid ?? ""}`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== versionOf(object)) {
    throw conflictingWrite(key, staleVersionProblem);
  }
}
