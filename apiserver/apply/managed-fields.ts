import type { ApiObject, ManagedFieldsEntry } from "../resources/api-object.ts";
import { withoutFields } from "../resources/json-fields.ts";
import { compareBytes, printGoJson } from "../resources/go-text.ts";
import { emptyFieldSet, type FieldSet } from "./field-set.ts";
import { decodeFieldsV1, encodeFieldsV1 } from "./fields-v1.ts";

/** How a manager came to own its fields. */
export type Operation = "Apply" | "Update";

/** Who owns something: an applier is the same in every version, an updater is one per version. */
export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly subresource: string;
}

/** What one manager owns, in the terms of the version it wrote. */
export interface Ownership extends ManagerIdentity {
  readonly fields: FieldSet;
  /** RFC 3339 seconds; undefined when the entry has none. */
  readonly time: string | undefined;
}

/** The owners of an object by `managerKey`. */
export type Owners = ReadonlyMap<string, Ownership>;

/** Returns the text by which kube-apiserver tells managers apart and sorts them in conflicts. */
export function managerKey({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  const identity = [
    ["manager", manager],
    ["operation", operation],
    ["apiVersion", operation === "Apply" ? "" : apiVersion],
    ["subresource", subresource],
  ] as const;
  const fields = identity.filter(([, value]) => value !== "");
  return `{${fields.map(([name, value]) => `"${name}":${printGoJson(value)}`).join(",")}}`;
}

/** Returns the owners of an object; throws SyntaxError when an entry cannot be read. */
export function decodeOwners(entries: readonly ManagedFieldsEntry[] | undefined): Owners {
  const owners = (entries ?? []).map((entry, index): [string, Ownership] => {
    const ownership = decodeEntry(entry, index);
    return [managerKey(ownership), ownership];
  });
  return new Map(owners);
}

function decodeEntry(entry: ManagedFieldsEntry, index: number): Ownership {
  const { operation, apiVersion = "", fieldsType = "" } = entry;
  if (operation !== "Apply" && operation !== "Update") throw new SyntaxError("operation must be `Apply` or `Update`");
  if (apiVersion === "") throw new SyntaxError("apiVersion must not be empty");
  if (fieldsType === "") throw new SyntaxError(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== "FieldsV1") {
    throw new SyntaxError(`invalid fieldsType "${fieldsType}" in managed fields entry ${index}`);
  }
  return {
    manager: entry.manager ?? "",
    operation,
    apiVersion,
    subresource: entry.subresource ?? "",
    fields: entry.fieldsV1 === undefined ? emptyFieldSet : decodeFieldsV1(entry.fieldsV1),
    time: entry.time ?? undefined,
  };
}

/** Returns the owners of an object, none when its entries cannot be read: an update must not fail on them. */
export function decodeOwnersLeniently(entries: readonly ManagedFieldsEntry[] | undefined): Owners {
  try {
    return decodeOwners(entries);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

/** Returns `metadata.managedFields` sorted as kube-apiserver sorts it: by operation, time, manager, version, subresource. */
function encodeOwners(owners: Owners): readonly ManagedFieldsEntry[] {
  return [...owners.values()].sort(compareOwnerships).map((ownership) => ({
    ...(ownership.manager === "" ? {} : { manager: ownership.manager }),
    operation: ownership.operation,
    apiVersion: ownership.apiVersion,
    ...(ownership.time === undefined ? {} : { time: ownership.time }),
    fieldsType: "FieldsV1",
    fieldsV1: encodeFieldsV1(ownership.fields),
    ...(ownership.subresource === "" ? {} : { subresource: ownership.subresource }),
  }));
}

function compareOwnerships(left: Ownership, right: Ownership): number {
  return (
    compareBytes(left.operation, right.operation) ||
    secondsOf(left.time) - secondsOf(right.time) ||
    compareBytes(left.manager, right.manager) ||
    compareBytes(left.apiVersion, right.apiVersion) ||
    compareBytes(left.subresource, right.subresource)
  );
}

/** Returns the seconds since 1970 of an entry's time, 0 where it has none. */
export function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000);
}

/** Returns the object without `metadata.managedFields`. */
export function withoutManagedFields(object: ApiObject): ApiObject {
  return { ...object, metadata: withoutFields(object.metadata, "managedFields") };
}

/** Returns the object with the given owners in `metadata.managedFields`; without owners there is no such field. */
export function withOwners(object: ApiObject, owners: Owners): ApiObject {
  const bare = withoutManagedFields(object);
  if (owners.size === 0) return bare;
  return { ...bare, metadata: { ...bare.metadata, managedFields: encodeOwners(owners) } };
}
