import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { plainFault, unsupportedValue, valueFault, type FieldError } from "../field-error.ts";
import { jsonEqual } from "../json-fields.ts";
import type { KindSchema, OpenApiSchema } from "../open-api-schema.ts";
import { boundFaults } from "./check-bounds.ts";
import { matchesType, typeName } from "./match-type.ts";

/** A value and the schema it must satisfy. */
export interface SchemaPlace {
  readonly schema: OpenApiSchema;
  readonly path: string;
}

/**
 * Returns every fault of a value against its schema, worded as kube-apiserver words them for custom resources
 * (k8s.io/apiextensions-apiserver pkg/apiserver/validation).
 */
export function validateFields(value: JsonValue, schema: KindSchema): readonly FieldError[] {
  return faultsIn(value, { schema: schema.root, path: "" }, schema);
}

/** What `$ref`s point into, and whether nulls are Go's zero values: then they count as missing. */
type Validation = Pick<KindSchema, "goStructs" | "registry">;

function faultsIn(value: JsonValue, { schema, path }: SchemaPlace, kind: Validation): readonly FieldError[] {
  const resolved = kind.registry.resolve(schema);
  if (value === null && (resolved.nullable === true || kind.goStructs === true)) return [];
  if (!matchesType(value, resolved)) {
    const detail = `${path} in body must be of type ${typeName(resolved)}: ${JSON.stringify(kindOfValue(value))}`;
    return [valueFault("FieldValueTypeInvalid", path, { value: kindOfValue(value), detail })];
  }
  const place = { schema: resolved, path };
  return [
    ...enumFaults(value, place),
    ...boundFaults(value, place),
    ...(isJsonObject(value) ? objectFaults(value, place, kind) : []),
    ...(Array.isArray(value) ? listFaults(value, place, kind) : []),
    ...combinationFaults(value, place, kind),
  ];
}

function objectFaults(object: JsonObject, { schema, path }: SchemaPlace, kind: Validation): FieldError[] {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const missing = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(object, name) || (object[name] === null && kind.goStructs === true))
    .map((name) => plainFault("FieldValueRequired", below(name)));
  const nested = Object.entries(object).flatMap(([name, value]) => {
    const property = schema.properties?.[name];
    if (property !== undefined) return faultsIn(value, { schema: property, path: below(name) }, kind);
    if (typeof schema.additionalProperties !== "object") return [];
    return faultsIn(value, { schema: schema.additionalProperties, path: below(name) }, kind);
  });
  return [...missing, ...nested];
}

function listFaults(
  items: readonly JsonValue[],
  { schema, path }: SchemaPlace,
  kind: Validation,
): readonly FieldError[] {
  // Built-in kinds have rules of their own for what is given twice.
  const duplicates = kind.goStructs === true ? [] : duplicateFaults(items, { schema, path });
  const itemSchema = schema.items;
  if (itemSchema === undefined) return duplicates;
  const nested = items.flatMap((item, index) =>
    faultsIn(item, { schema: itemSchema, path: `${path}[${index}]` }, kind),
  );
  return [...nested, ...duplicates];
}

function duplicateFaults(items: readonly JsonValue[], { schema, path }: SchemaPlace): readonly FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== "set" && listType !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const keyOf = (item: JsonValue): JsonValue =>
    listType === "set" || !isJsonObject(item) ? item : Object.fromEntries(keys.map((key) => [key, item[key] ?? null]));
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    const isDuplicate = items.slice(0, index).some((earlier) => jsonEqual(keyOf(earlier), key));
    return isDuplicate ? [valueFault("FieldValueDuplicate", `${path}[${index}]`, { value: key })] : [];
  });
}

function enumFaults(value: JsonValue, { schema, path }: SchemaPlace): readonly FieldError[] {
  if (schema.enum === undefined || schema.enum.some((allowed) => jsonEqual(allowed, value))) return [];
  return [unsupportedValue(path, value, schema.enum.map(String))];
}

function combinationFaults(value: JsonValue, place: SchemaPlace, kind: Validation): readonly FieldError[] {
  const { schema, path } = place;
  const satisfies = (option: OpenApiSchema): boolean => faultsIn(value, { schema: option, path }, kind).length === 0;
  const invalid = (detail: string): FieldError => valueFault("FieldValueInvalid", path, { value, detail });
  const faults = (schema.allOf ?? []).flatMap((option) => faultsIn(value, { schema: option, path }, kind));
  if (schema.anyOf !== undefined && !schema.anyOf.some(satisfies)) {
    faults.push(invalid(`${path} in body must validate at least one schema (anyOf)`));
  }
  const matching = schema.oneOf?.filter(satisfies).length;
  if (matching !== undefined && matching !== 1) {
    const found = matching === 0 ? "Found none valid" : `Found ${matching} valid alternatives`;
    faults.push(invalid(`${path} in body must validate one and only one schema (oneOf). ${found}`));
  }
  if (schema.not !== undefined && satisfies(schema.not)) {
    faults.push(invalid(`${path} in body must not validate the schema (not)`));
  }
  return faults;
}

function kindOfValue(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
