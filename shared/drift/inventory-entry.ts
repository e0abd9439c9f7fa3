import type { KubeObject, ObjectRef } from "../api/meta.ts";

/** One object that a deployment owns. */
export interface InventoryEntry {
  /** API group, "" for the core group: the version may change, the object stays. */
  readonly group: string;
  readonly kind: string;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  /** Absent between the first writing and the answer to the apply. */
  readonly uid?: string;
  /** A person approved its removal, which has begun: it goes on, also after a crash, until the object is wanted again. */
  readonly granted?: true;
  /** Wanted here while another deployment still names it: it is the other's until that one has given it up. */
  readonly claimed?: true;
  /**
   * New with a deployment with `helm.atomic` that is not verified yet. When that is taken back, what it made goes, and what it
   * found leaves the inventory and stays.
   */
  readonly fresh?: "made" | "found";
}

/** Names one object whatever its version: `group/kind/namespace/name`. */
export type ObjectKey = string;

/** Returns the key of an inventory entry. */
export function entryKey(entry: InventoryEntry): ObjectKey {
  return `${entry.group}/${entry.kind}/${entry.namespace}/${entry.name}`;
}

/** Returns the inventory entry of an object as it is to be applied, or as the server returned it (then with its uid). */
export function entryOf(object: KubeObject): InventoryEntry {
  const { name = "", namespace = "", uid } = object.metadata;
  const slash = object.apiVersion.indexOf("/");
  const group = slash === -1 ? "" : object.apiVersion.slice(0, slash);
  return { group, kind: object.kind, namespace, name, ...(uid === undefined ? {} : { uid }) };
}

/** Returns the key of an object. */
export function objectKey(object: KubeObject): ObjectKey {
  return entryKey(entryOf(object));
}

/** Returns an object's reference, for status. */
export function refOf(object: KubeObject): ObjectRef {
  const { name = "", namespace = "" } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name };
}

/** Returns a person's name for an object: `Deployment apps/web`, `Namespace apps`. */
export function describeEntry(entry: Pick<InventoryEntry, "kind" | "namespace" | "name">): string {
  return `${entry.kind} ${entry.namespace === "" ? "" : `${entry.namespace}/`}${entry.name}`;
}
