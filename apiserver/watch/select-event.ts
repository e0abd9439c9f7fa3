import type { ApiObject } from "../resources/api-object.ts";
import type { ObjectFilter, StoreChange } from "../storage/object-store.ts";

/** What a watcher sees of a change. */
export interface WatchEvent {
  readonly type: "ADDED" | "DELETED" | "MODIFIED";
  readonly object: ApiObject;
}

/**
 * Returns what a watcher with a selector sees of a change: an object that begins to match is added, one that ceases to is
 * deleted (with its former content and the new version). Undefined: nothing.
 */
export function selectEvent(change: StoreChange, filter: ObjectFilter | undefined): WatchEvent | undefined {
  const { object, previous } = change;
  const matches = filter === undefined || filter.matches(object);
  const matched = previous !== undefined && (filter === undefined || filter.matches(previous));
  switch (change.type) {
    case "created":
      return matches ? { type: "ADDED", object } : undefined;
    case "deleted":
      return matched ? { type: "DELETED", object } : undefined;
    case "updated":
      if (matches) return { type: matched ? "MODIFIED" : "ADDED", object };
      return matched ? { type: "DELETED", object: withVersionOf(previous, change.resourceVersion) } : undefined;
  }
}

function withVersionOf(object: ApiObject, resourceVersion: string): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
