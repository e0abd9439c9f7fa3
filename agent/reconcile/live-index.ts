import { stableHash } from "../../codec/stable-hash.ts";
import type { ObjectMeta } from "../../shared/api/meta.ts";
import type { ObjectKey } from "../../shared/drift/inventory-entry.ts";

/** What a change of an object's metadata can mean: its fields, or only its status. */
export type Touch = "fields" | "status";

/** What was last seen of each managed object. */
export interface LiveIndex {
  /** Remembers an object as it was just read or applied. */
  note(key: ObjectKey, metadata: ObjectMeta): void;
  /** Remembers and returns what changed since, undefined when nothing did. */
  compare(key: ObjectKey, metadata: ObjectMeta): Touch | undefined;
  /** Remembers that the object is gone, or not ours to see any more. */
  gone(key: ObjectKey): void;
  /**
   * Returns whether what a watch told last of the object is still to be looked at. It is not once the same version was
   * read or applied: the echo of an apply may arrive before its answer.
   */
  isDue(key: ObjectKey): boolean;
  forget(key: ObjectKey): void;
}

interface Seen {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly fields: string;
}

/** A second edit within the same second by the same manager changes no byte of managedFields. */
const timeGrainMs = 2000;

/** Returns an empty index. `nowMs` is the time since 1970. */
export function createLiveIndex(nowMs: () => number): LiveIndex {
  const seen = new Map<ObjectKey, Seen>();
  /** Versions that watches told of and nobody has read since; "" for gone. */
  const told = new Map<ObjectKey, string>();
  return {
    note: (key, metadata) => {
      const now = readSeen(metadata);
      seen.set(key, now);
      if (told.get(key) === now.resourceVersion) told.delete(key);
    },
    compare: (key, metadata) => {
      const before = seen.get(key);
      const now = readSeen(metadata);
      if (before?.resourceVersion === now.resourceVersion && before.uid === now.uid) return undefined;
      seen.set(key, now);
      told.set(key, now.resourceVersion);
      if (before === undefined || before.uid !== now.uid || before.fields !== now.fields) return "fields";
      return nowMs() - newestFieldsMs(metadata) < timeGrainMs ? "fields" : "status";
    },
    gone: (key) => {
      seen.delete(key);
      told.set(key, "");
    },
    isDue: (key) => told.has(key),
    forget: (key) => {
      seen.delete(key);
      told.delete(key);
    },
  };
}

function readSeen(metadata: ObjectMeta): Seen {
  const own = fieldEntries(metadata);
  const fields = stableHash([metadata.generation, metadata.deletionTimestamp, own]).slice(0, 16);
  return { uid: metadata.uid ?? "", resourceVersion: metadata.resourceVersion ?? "", fields };
}

function fieldEntries(metadata: ObjectMeta): readonly NonNullable<ObjectMeta["managedFields"]>[number][] {
  return (metadata.managedFields ?? []).filter((entry) => entry["subresource"] !== "status");
}

function newestFieldsMs(metadata: ObjectMeta): number {
  const times = fieldEntries(metadata).map(({ time }) => (typeof time === "string" ? Date.parse(time) : 0));
  return Math.max(0, ...times);
}
