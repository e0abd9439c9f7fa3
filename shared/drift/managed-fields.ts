import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ObjectMeta } from "../api/meta.ts";
import { stableJson } from "../../codec/stable-hash.ts";

/** One step into an object: a field, an item of a keyed list, a value of a set, or a place in an atomic list. */
export type PathStep =
  | { readonly type: "field"; readonly name: string }
  | { readonly type: "item"; readonly keys: JsonObject }
  | { readonly type: "value"; readonly value: JsonValue }
  | { readonly type: "index"; readonly index: number };

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: string;
  readonly time: string | undefined;
  readonly subresource: string;
  readonly fields: JsonObject;
}

/** Returns the entries of an object's managedFields. */
export function readManagedFields(metadata: ObjectMeta): ManagedFieldsEntry[] {
  return (metadata.managedFields ?? []).map((entry) => ({
    manager: text(entry["manager"]),
    operation: text(entry["operation"]),
    time: typeof entry["time"] === "string" ? entry["time"] : undefined,
    subresource: text(entry["subresource"]),
    fields: isJsonObject(entry["fieldsV1"]) ? entry["fieldsV1"] : {},
  }));
}

/** Returns the node of a FieldsV1 tree below another one, undefined where the manager owns nothing. */
export function childNode(node: JsonObject, step: PathStep): JsonObject | undefined {
  switch (step.type) {
    case "field":
      return asNode(node[`f:${step.name}`]);
    case "index":
      return asNode(node[`i:${step.index}`]);
    case "value":
      return asNode(node[`v:${stableJson(step.value)}`]);
    case "item": {
      const wanted = stableJson(step.keys);
      const key = Object.keys(node).find((name) => name.startsWith("k:") && sameJson(name.slice(2), wanted));
      return key === undefined ? undefined : asNode(node[key]);
    }
  }
}

/** Returns the names of the fields by which a list's items are keyed there, undefined for a list without keys. */
export function listKeys(nodes: readonly JsonObject[]): readonly string[] | undefined {
  for (const node of nodes) {
    const key = Object.keys(node).find((name) => name.startsWith("k:"));
    if (key === undefined) continue;
    const keys: unknown = JSON.parse(key.slice(2));
    if (isJsonObject(keys)) return Object.keys(keys);
  }
  return undefined;
}

/**
 * Returns the entry that owns the value at a path: the one that owns it, or the nearest list or object around it,
 * latest first. `except` is our own manager, which is never the writer of a difference.
 */
export function findWriter(
  metadata: ObjectMeta,
  path: readonly PathStep[],
  except: string,
): ManagedFieldsEntry | undefined {
  let best: ManagedFieldsEntry | undefined;
  let bestDepth = 0;
  for (const entry of readManagedFields(metadata)) {
    if (entry.manager === except && entry.operation === "Apply") continue;
    const depth = ownedDepth(entry.fields, path);
    const later = (entry.time ?? "") > (best?.time ?? "");
    if (depth > bestDepth || (depth > 0 && depth === bestDepth && later)) {
      best = entry;
      bestDepth = depth;
    }
  }
  return best;
}

/** Returns how deep the path is owned: 0 unless it ends in, or passes through, a node owned as a whole. */
function ownedDepth(fields: JsonObject, path: readonly PathStep[]): number {
  let node = fields;
  for (const [depth, step] of path.entries()) {
    const child = childNode(node, step);
    if (child === undefined) return isLeaf(node) ? depth : 0;
    node = child;
  }
  return path.length;
}

function isLeaf(node: JsonObject): boolean {
  return Object.keys(node).every((name) => name === ".");
}

/** Returns a path for people: `spec.template.spec.containers[name=app].image`. */
export function printPath(path: readonly PathStep[]): string {
  let printed = "";
  for (const step of path) {
    if (step.type === "field")
      printed += plainName.test(step.name) ? `.${step.name}` : `[${JSON.stringify(step.name)}]`;
    else if (step.type === "index") printed += `[${step.index}]`;
    else if (step.type === "value") printed += `[=${printValue(step.value)}]`;
    else
      printed += `[${Object.entries(step.keys)
        .map(([name, value]) => `${name}=${printValue(value)}`)
        .join(",")}]`;
  }
  return printed.replace(/^\./u, "");
}

const plainName = /^[A-Za-z_][\w-]*$/u;

function printValue(value: JsonValue): string {
  return typeof value === "string" ? value : stableJson(value);
}

function sameJson(printed: string, wanted: string): boolean {
  if (printed === wanted) return true;
  const value: unknown = JSON.parse(printed);
  return stableJson(value) === wanted;
}

function asNode(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
