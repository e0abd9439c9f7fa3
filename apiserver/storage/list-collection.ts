import type { ApiObject } from "../resources/api-object.ts";
import { compareKeys, firstNotBelow, type Collection } from "./collection.ts";
import { formatContinueToken, parseContinueToken } from "./continue-token.ts";
import type { EventHistory } from "./event-history.ts";
import type { ListRequest, ObjectList } from "./object-store.ts";
import {
  badContinueToken,
  ExpiredContinueError,
  badResourceVersion,
  expiredVersion,
  futureVersion,
} from "./store-errors.ts";

/** A collection at its newest version, with the changes that led there. */
export interface CollectionState {
  readonly collection: Collection;
  readonly history: EventHistory;
  readonly version: number;
}

interface Snapshot {
  readonly version: number;
  readonly keys: readonly string[];
  get(key: string): ApiObject | undefined;
}

interface Position {
  readonly snapshot: Snapshot;
  readonly after: string;
}

/** Returns a page of the collection, at the version that its continue token or `exactResourceVersion` names; throws Expired. */
export function listCollection(state: CollectionState, request: ListRequest): ObjectList {
  const { snapshot, after } = startOf(state, request);
  const limit = request.limit === undefined || request.limit === 0 ? Infinity : request.limit;
  const first = after === "" ? 0 : firstNotBelow(snapshot.keys, `${after}\0`);
  const items: ApiObject[] = [];
  let next = first;
  let last = "";
  for (; next < snapshot.keys.length && items.length < limit; next++) {
    last = snapshot.keys[next] ?? "";
    const object = snapshot.get(last);
    if (object !== undefined && (request.filter?.matches(object) ?? true)) items.push(object);
  }
  const list = { items, resourceVersion: String(snapshot.version) };
  const remaining = snapshot.keys.length - next;
  if (remaining === 0) return list;
  const token = formatContinueToken({ version: snapshot.version, after: last });
  return request.filter === undefined
    ? { ...list, continue: token, remainingItemCount: remaining }
    : { ...list, continue: token };
}

function startOf(state: CollectionState, request: ListRequest): Position {
  if (request.continue !== undefined) {
    const token = parseContinueToken(request.continue);
    if (token === undefined) throw badContinueToken();
    if (token.version === -1) return { snapshot: newest(state, request), after: token.after };
    const snapshot = snapshotAt(state, request, token.version);
    if (snapshot === undefined) {
      throw new ExpiredContinueError(formatContinueToken({ version: -1, after: token.after }));
    }
    return { snapshot, after: token.after };
  }
  if (request.exactResourceVersion === undefined) return { snapshot: newest(state, request), after: "" };
  const version = Number(request.exactResourceVersion);
  if (!Number.isSafeInteger(version) || version < 1) throw badResourceVersion(request.exactResourceVersion);
  if (version > state.version) throw futureVersion(version, state.version);
  const snapshot = snapshotAt(state, request, version);
  if (snapshot === undefined) throw expiredVersion(version, state.version);
  return { snapshot, after: "" };
}

function newest(state: CollectionState, request: ListRequest): Snapshot {
  const keys = state.collection.keys(request.namespace);
  return { version: state.version, keys, get: (key) => state.collection.get(key) };
}

/** Returns the collection as it was: the newest state with later changes undone; undefined when they are forgotten. */
function snapshotAt(state: CollectionState, request: ListRequest, version: number): Snapshot | undefined {
  const later = state.history.after(version);
  if (later === undefined) return undefined;
  const undone = new Map<string, ApiObject | undefined>();
  for (const { resource, namespace, key, change } of later) {
    if (resource !== request.resource || (request.namespace !== undefined && namespace !== request.namespace)) continue;
    if (!undone.has(key)) undone.set(key, change.previous);
  }
  const current = state.collection.keys(request.namespace);
  if (undone.size === 0) return { version, keys: current, get: (key) => state.collection.get(key) };
  const keys = [...new Set([...current, ...undone.keys()])]
    .filter((key) => !undone.has(key) || undone.get(key) !== undefined)
    .sort(compareKeys);
  return { version, keys, get: (key) => (undone.has(key) ? undone.get(key) : state.collection.get(key)) };
}
