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
  return {
    note: (key, metadata) => void seen.set(key, readSeen(metadata)),
    compare: (key, metadata) => {
      const before = seen.get(key);
      const now = readSeen(metadata);
      if (before?.resourceVersion === now.resourceVersion && before.uid === now.uid) return undefined;
      seen.set(key, now);
      if (before === undefined || before.uid !== now.uid || before.fields !== now.fields) return "fields";
      return nowMs() - newestFieldsMs(metadata) < timeGrainMs ? "fields" : "status";
    },
    forget: (key) => void seen.delete(key),
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
