import type { JsonObject } from "../../codec/json-value.ts";
import { jsonEqual } from "../resources/json-fields.ts";
import { collectFields } from "./collect-fields.ts";
import {
  emptyFieldSet,
  intersectFields,
  isEmptyFieldSet,
  subtractFieldTrees,
  subtractFields,
  unionFields,
  type FieldSet,
} from "./field-set.ts";
import { managerKey, type Owners, type Ownership } from "./managed-fields.ts";
import { mergeObjects } from "./merge-objects.ts";
import { withNamedMembers } from "./named-members.ts";
import { removeFields } from "./remove-fields.ts";
import { structureOf } from "./structure.ts";
import { takeFromOthers, type Change, type ChangeResult } from "./update-owners.ts";
import type { KindSchema } from "../resources/open-api-schema.ts";
import type { VersionConverter, VersionedObject } from "./versioned-object.ts";

/** An apply: the change is what the configuration makes of the live object. */
export interface Application extends Omit<Change, "changed"> {
  readonly config: JsonObject;
  readonly schema: KindSchema;
}

/** The object after an apply, undefined when it is what it was, with its owners and the conflicts met. */
export interface ApplicationResult extends ChangeResult {
  readonly object: JsonObject | undefined;
}

/**
 * Returns what an apply makes of an object: the configuration laid over it, without what the manager applied last
 * time and left out now, unless someone else owns that too (Updater.Apply of structured-merge-diff).
 */
export function applyConfiguration({ config, schema, ...change }: Application): ApplicationResult {
  const type = structureOf(schema);
  const key = managerKey(change.by);
  const last = change.owners.get(key);
  const fields = subtractFieldTrees(collectFields(config, type), change.resetFields);
  const owners = new Map(change.owners).set(key, { ...change.by, time: last?.time, fields });
  const merged = mergeObjects(change.live, config, type);
  const pruned = last === undefined ? merged : prune({ merged, owners, last, converter: change.converter });
  const result = takeFromOthers({ ...change, owners, changed: pruned });
  return { ...result, object: jsonEqual(change.live, pruned) ? undefined : pruned };
}

const whilePruning = "failed to prune fields: ";

interface Pruning {
  readonly merged: JsonObject;
  readonly owners: Owners;
  /** What the manager owned before this apply. */
  readonly last: Ownership;
  readonly converter: VersionConverter;
}

function prune({ merged, owners, last, converter }: Pruning): JsonObject {
  if (isEmptyFieldSet(last.fields)) return merged;
  const lastVersion = `${whilePruning}failed to convert merged object to last applied version: `;
  const start = converter.convert(merged, last.apiVersion, lastVersion);
  if (start === undefined) return merged;
  const bare = removeFields(start.object, withNamedMembers(last.fields, start.type), start.type);
  const owned = addBackOwned(merged, bare, { owners, last, converter });
  const before = converter.convert(owned, last.apiVersion);
  if (before === undefined) return merged;
  const result = addBackUnowned(start, before.object, last);
  const apiVersion = typeof merged["apiVersion"] === "string" ? merged["apiVersion"] : last.apiVersion;
  return converter.convert(result, apiVersion)?.object ?? result;
}

/** Adds back what was pruned but is owned by someone, the applier's new configuration included. */
function addBackOwned(merged: JsonObject, bare: JsonObject, context: Omit<Pruning, "merged">): JsonObject {
  const { owners, last, converter } = context;
  const byVersion = new Map<string, FieldSet>([[last.apiVersion, emptyFieldSet]]);
  for (const { apiVersion, fields } of owners.values()) {
    byVersion.set(apiVersion, unionFields(byVersion.get(apiVersion) ?? emptyFieldSet, fields));
  }
  let pruned = bare;
  for (const [apiVersion, managed] of byVersion) {
    const doing = (which: string): string =>
      `${whilePruning}failed add back owned items: failed to convert ${which} object at version ${apiVersion}: `;
    const whole = converter.convert(merged, apiVersion, doing("merged"));
    const part = converter.convert(pruned, apiVersion, doing("pruned"));
    if (whole === undefined || part === undefined) continue;
    const keep = unionFields(fieldsIn(part), withNamedMembers(managed, whole.type));
    pruned = removeFields(whole.object, subtractFields(fieldsIn(whole), keep), whole.type);
  }
  return pruned;
}

/** Adds back what was pruned although the applier did not own it last time: items of nobody, or of updaters. */
function addBackUnowned(merged: VersionedObject, pruned: JsonObject, last: Ownership): JsonObject {
  const lost = subtractFields(fieldsIn(merged), fieldsIn({ object: pruned, type: merged.type }));
  const dropped = intersectFields(lost, withNamedMembers(last.fields, merged.type));
  return removeFields(merged.object, dropped, merged.type);
}

function fieldsIn({ object, type }: VersionedObject): FieldSet {
  return withNamedMembers(collectFields(object, type), type);
}
