import type { JsonObject } from "../../codec/json-value.ts";
import { changedFields, compareObjects, withoutFieldTrees, type Comparison } from "./compare-objects.ts";
import {
  fieldSetOf,
  intersectFields,
  isEmptyFieldSet,
  subtractFields,
  unionFields,
  type FieldSet,
} from "./field-set.ts";
import { managerKey, type ManagerIdentity, type Owners, type Ownership } from "./managed-fields.ts";
import { fieldPath } from "./path-element.ts";
import { reconcileFields } from "./reconcile-fields.ts";
import type { VersionConverter } from "./versioned-object.ts";

/** A change of an object by one manager. */
export interface Change {
  readonly live: JsonObject;
  readonly changed: JsonObject;
  readonly owners: Owners;
  readonly by: ManagerIdentity;
  readonly converter: VersionConverter;
  /** Fields that the request cannot change: they count neither as changed nor as owned. */
  readonly resetFields: FieldSet;
}

/** Who owns what after a change, and on which fields of others it touched. */
export interface ChangeResult {
  readonly owners: Owners;
  /** The fields that others owned and the change set to another value. */
  readonly conflicts: ReadonlyMap<string, FieldSet>;
}

/** What every object has and nobody owns (stripMetaManager of k8s.io/apimachinery). */
const nobodysFields = fieldSetOf(
  fieldPath("apiVersion"),
  fieldPath("kind"),
  fieldPath("metadata"),
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => fieldPath("metadata", name)),
);

/** Returns the set without identity, times and versions, which nobody owns. */
export function stripNobodysFields(fields: FieldSet): FieldSet {
  return subtractFields(fields, nobodysFields);
}

function createComparer(change: Change): (apiVersion: string) => Comparison | undefined {
  const made = new Map<string, Comparison | undefined>();
  const compareVersions = (apiVersion: string): Comparison | undefined => {
    const left = change.converter.convert(change.live, apiVersion, "failed to convert old object: ");
    const right = change.converter.convert(change.changed, apiVersion, "failed to convert new object: ");
    if (left === undefined || right === undefined) return undefined;
    return withoutFieldTrees(compareObjects(left.object, right.object, left.type), change.resetFields);
  };
  return (apiVersion) => {
    if (!made.has(apiVersion)) made.set(apiVersion, compareVersions(apiVersion));
    return made.get(apiVersion);
  };
}

function takeFrom(change: Change, compareIn: ReturnType<typeof createComparer>, exempt?: string): ChangeResult {
  const conflicts = new Map<string, FieldSet>();
  const owners = new Map<string, Ownership>();
  for (const [key, ownership] of change.owners) {
    if (key === exempt) {
      if (!isEmptyFieldSet(ownership.fields)) owners.set(key, ownership);
      continue;
    }
    const comparison = compareIn(ownership.apiVersion);
    if (comparison === undefined) continue;
    const taken = intersectFields(ownership.fields, changedFields(comparison));
    if (!isEmptyFieldSet(taken)) conflicts.set(key, taken);
    const fields = subtractFields(subtractFields(ownership.fields, taken), comparison.removed);
    if (!isEmptyFieldSet(fields)) owners.set(key, { ...ownership, fields });
  }
  return { owners, conflicts };
}

/**
 * Returns the owners after an apply, whose own entry the caller has already set: the others lose what was changed
 * or removed (Updater.update of structured-merge-diff). Entries in versions no longer served are dropped.
 */
export function takeFromOthers(change: Change): ChangeResult {
  return takeFrom(change, createComparer(change), managerKey(change.by));
}

/**
 * Returns the owners after an update: what it changed or added is the updater's, whose entry gets the new time only
 * then; an update that merely removes fields leaves times as they are (Updater.Update and managedFieldsUpdater).
 */
export function updateOwners(change: Change, time: string | undefined): Owners {
  const compareIn = createComparer(change);
  const comparison = compareIn(change.by.apiVersion);
  if (comparison === undefined) throw new Error(`no schema for ${change.by.apiVersion}, the version of the request`);
  const { owners } = takeFrom(change, compareIn);
  const gained = stripNobodysFields(changedFields(comparison));
  if (isEmptyFieldSet(gained)) return owners;
  const key = managerKey(change.by);
  const before = owners.get(key);
  const fields = before === undefined ? gained : unionFields(gained, before.fields);
  return new Map(owners).set(key, { ...change.by, time, fields });
}

/** Returns the owners with their fields as today's schema means them; see `reconcileFields`. */
export function reconcileOwners(owners: Owners, live: JsonObject, converter: VersionConverter): Owners {
  const next = new Map<string, Ownership>();
  for (const [key, ownership] of owners) {
    const versioned = converter.convert(live, ownership.apiVersion);
    if (versioned === undefined) continue;
    next.set(key, { ...ownership, fields: reconcileFields(ownership.fields, versioned.type) });
  }
  return next;
}
