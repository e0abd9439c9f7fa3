import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { ApiError, badRequest } from "../resources/api-error.ts";
import { printGoValue } from "../resources/go-text.ts";
import { isJsonList, jsonEqual, ownField, withoutFields } from "../resources/json-fields.ts";
import type { KindSchema } from "../resources/open-api-schema.ts";
import { mergeLists, type ListMerge } from "./merge-lists.ts";
import { patchSchemaOf, type PatchSchema, type PatchStrategy } from "./patch-strategy.ts";

const directive = "$patch";
const retainKeys = "$retainKeys";
const setOrder = "$setElementOrder/";
const deleteItems = "$deleteFromPrimitiveList/";

/**
 * Returns the document after a strategic merge patch: objects merge, lists merge by the schema's patch merge keys or
 * are replaced, nulls remove, `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…` do what
 * kubectl means by them. Throws ApiError: BadRequest for malformed directives, Unknown (500, as kube-apiserver
 * answers) for items without their merge key.
 */
export function strategicMergePatch(document: JsonObject, patch: JsonValue, schema: KindSchema): JsonObject {
  if (!isJsonObject(patch))
    throw badRequest("json: cannot unmarshal array into Go value of type map[string]interface {}");
  return mergeMaps(document, patch, patchSchemaOf(schema));
}

function mergeMaps(original: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  const command = ownField(patch, directive);
  if (command !== undefined) return runDirective(command, patch);
  const result = new Map(Object.entries(retain(original, patch)));
  const rest = withoutFields(patch, retainKeys);
  const ordered = new Set<string>();
  for (const [name, order] of Object.entries(rest)) {
    if (!name.startsWith(setOrder)) continue;
    const field = name.slice(setOrder.length);
    ordered.add(field);
    const list = mergeOrdered({ field, order, original, patch: rest, schema });
    if (list !== undefined) result.set(field, list);
  }
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith(setOrder) || ordered.has(name)) continue;
    mergeField(result, [name, value], schema);
  }
  return Object.fromEntries(result);
}

function runDirective(command: JsonValue, patch: JsonObject): JsonObject {
  if (command === "replace") return withoutFields(patch, directive);
  if (command === "delete") return {};
  throw new ApiError("Unknown", `unknown patch type: ${printGoValue(command)} in map: ${printGoValue(patch)}`);
}

/** Returns the original without the fields that `$retainKeys` does not list. */
function retain(original: JsonObject, patch: JsonObject): JsonObject {
  const listed = ownField(patch, retainKeys);
  if (listed === undefined) return original;
  const malformed = badRequest("invalid patch format of retainKeys");
  if (!isJsonList(listed)) throw malformed;
  for (const [name, value] of Object.entries(patch)) {
    const exempt = value === null || name === retainKeys || name.startsWith(setOrder) || name.startsWith(deleteItems);
    if (!exempt && !listed.includes(name)) throw malformed;
  }
  return Object.fromEntries(Object.entries(original).filter(([name]) => listed.includes(name)));
}

function mergeField(result: Map<string, JsonValue>, [name, value]: [string, JsonValue], schema: PatchSchema): void {
  const deletes = name.startsWith(deleteItems);
  const field = deletes ? name.slice(deleteItems.length) : name;
  const before = result.get(field);
  if (value === null) {
    result.delete(field);
  } else if (deletes) {
    if (!isJsonList(before) || !isJsonList(value)) return;
    result.set(
      field,
      before.filter((item) => !value.some((gone) => jsonEqual(gone, item))),
    );
  } else if (isJsonObject(before) && isJsonObject(value)) {
    const strategy = lookUp(schema, field, "object");
    result.set(field, strategy?.replace === true ? value : mergeMaps(before, value, strategy?.fields ?? unknownFields));
  } else if (isJsonList(before) && isJsonList(value)) {
    const strategy = lookUp(schema, field, "list");
    result.set(
      field,
      strategy?.mergeList === true ? mergeLists({ original: before, patch: value, ...listRules(strategy) }) : value,
    );
  } else {
    const clean = withoutDirectives(value);
    if (clean === undefined) result.delete(field);
    else result.set(field, clean);
  }
}

const unknownFields: PatchSchema = { field: () => undefined };

function lookUp(schema: PatchSchema, field: string, kind: "list" | "object"): PatchStrategy | undefined {
  const strategy = schema.field(field);
  if (strategy === undefined && kind === "list" && schema !== unknownFields) {
    throw new ApiError("Unknown", `unable to find api field in struct for the json field "${field}"`);
  }
  return strategy;
}

function listRules({ mergeKey, items }: PatchStrategy): Pick<ListMerge, "mergeItems" | "mergeKey"> {
  return { mergeKey, mergeItems: (original, patch) => mergeMaps(original, patch, items) };
}

interface OrderedField {
  readonly field: string;
  readonly order: JsonValue;
  readonly original: JsonObject;
  readonly patch: JsonObject;
  readonly schema: PatchSchema;
}

function mergeOrdered({ field, order, original, patch, schema }: OrderedField): JsonValue | undefined {
  if (!isJsonList(order)) {
    const received = typeof order === "object" ? "map[string]interface {}" : typeof order;
    throw new ApiError("Unknown", `expected a []interface {}, but received a ${received}`);
  }
  const strategy = lookUp(schema, field, "list");
  const before = asList(ownField(original, field));
  const changes = asList(ownField(patch, field));
  if (before === undefined && changes === undefined) return undefined;
  const rules = strategy === undefined ? { mergeKey: undefined, mergeItems: takePatch } : listRules(strategy);
  if (before === undefined) return mergeLists({ original: [], patch: changes ?? [], order, ...rules });
  if (changes !== undefined && strategy?.mergeList !== true) return changes;
  return mergeLists({ original: before, patch: changes ?? [], order, ...rules });
}

function takePatch(_original: JsonObject, patch: JsonObject): JsonObject {
  return patch;
}

function asList(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return isJsonList(value) ? value : undefined;
}

/** Returns a value that the document did not have, without nulls and directives; undefined when it is one itself. */
function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (isJsonList(value)) {
    return value.map((item) => withoutDirectives(item)).filter((item) => item !== undefined);
  }
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, directive)) return undefined;
  const fields = Object.entries(value).flatMap(([name, field]): [string, JsonValue][] => {
    const clean = field === null ? undefined : withoutDirectives(field);
    return clean === undefined ? [] : [[name, clean]];
  });
  return Object.fromEntries(fields);
}
