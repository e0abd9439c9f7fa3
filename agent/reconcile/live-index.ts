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
  /** When the fields were first seen to be these. */
  readonly fieldsAtMs: number;
}

/** A second edit within the same second by the same manager changes no byte of managedFields. */
const timeGrainMs = 2000;

/** Returns an empty index. `elapsedMs` only rises. */
export function createLiveIndex(elapsedMs: () => number): LiveIndex {
  const seen = new Map<ObjectKey, Seen>();
  /** Versions that watches told of and nobody has read since; "" for gone. */
  const told = new Map<ObjectKey, string>();
  /** What is seen now; fields that are as before are as old as before. */
  const look = (key: ObjectKey, metadata: ObjectMeta): Seen => {
    const { uid = "", resourceVersion = "" } = metadata;
    const fields = hashOfFields(metadata);
    const before = seen.get(key);
    const same = before?.uid === uid && before.fields === fields;
    return { uid, resourceVersion, fields, fieldsAtMs: same ? before.fieldsAtMs : elapsedMs() };
  };
  return {
    note: (key, metadata) => {
      const now = look(key, metadata);
      seen.set(key, now);
      if (told.get(key) === now.resourceVersion) told.delete(key);
    },
    compare: (key, metadata) => {
      const before = seen.get(key);
      const now = look(key, metadata);
      if (before?.resourceVersion === now.resourceVersion && before.uid === now.uid) return undefined;
      seen.set(key, now);
      told.set(key, now.resourceVersion);
      if (before === undefined || before.uid !== now.uid || before.fields !== now.fields) return "fields";
      return elapsedMs() - now.fieldsAtMs < timeGrainMs ? "fields" : "status";
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

function hashOfFields(metadata: ObjectMeta): string {
  const own = fieldEntries(metadata);
  return stableHash([metadata.generation, metadata.deletionTimestamp, own]).slice(0, 16);
}

function fieldEntries(metadata: ObjectMeta): readonly NonNullable<ObjectMeta["managedFields"]>[number][] {
  return (metadata.managedFields ?? []).filter((entry) => entry["subresource"] !== "status");
}
