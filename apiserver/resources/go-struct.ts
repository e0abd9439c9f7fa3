import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ApiObject, ObjectMeta } from "./api-object.ts";
import { isJsonList, ownField } from "./json-fields.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "./open-api-schema.ts";
import { canonicalQuantity } from "./quantity.ts";

/**
 * Returns the object as kube-apiserver prints it after reading it into the Go struct of its kind: structs that are no
 * pointers are there even when empty, empty maps, lists and zeros with `omitempty` are gone, and so are nulls;
 * quantities have their canonical form. Of custom resources only the metadata is a struct. Fields that the schema does
 * not know are kept: pruning is not done here. `managedFields: []`, by which a client forgets all owners, is kept too.
 */
export function throughGoStruct(object: ApiObject, { root, registry, goStructs }: KindSchema): ApiObject {
  const { apiVersion, kind } = object;
  const schema = registry.resolve(root);
  const fields = goStructs === true ? structFields(object, schema, registry) : object;
  const metadata = metadataFields(object.metadata, schema, registry);
  return { ...fields, apiVersion, kind, metadata };
}

function metadataFields(metadata: ObjectMeta, schema: OpenApiSchema, registry: SchemaRegistry): ObjectMeta {
  const { managedFields } = metadata;
  const fields = structFields(metadata, registry.resolve(schema.properties?.["metadata"] ?? {}), registry);
  return managedFields?.length === 0 ? { ...fields, managedFields } : fields;
}

/** Returns the empty object of a built-in kind, without `apiVersion` and `kind`. */
export function emptyGoStruct({ root, registry }: KindSchema): JsonObject {
  return structFields({}, registry.resolve(root), registry);
}

function structFields(object: JsonObject, schema: OpenApiSchema, registry: SchemaRegistry): JsonObject {
  const { properties = {} } = schema;
  const omitZero = schema["x-go-omit-zero"] ?? [];
  const printNull = schema["x-go-print-null"] ?? [];
  const out: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(object)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const kept = property === undefined ? value : fieldValue(value, property, registry);
    const isEmpty = isEmptyCollection(kept, property, registry) && !printNull.includes(name);
    if (kept !== undefined && !isEmpty && !(omitZero.includes(name) && isZero(kept))) out.push([name, kept]);
  }
  for (const [name, property] of Object.entries(properties)) {
    if ((ownField(object, name) ?? null) !== null) continue;
    const zero = printNull.includes(name) ? null : zeroValue(property, registry);
    if (zero !== undefined && !(omitZero.includes(name) && isZero(zero))) out.push([name, zero]);
  }
  return Object.fromEntries(out);
}

/** Whether a value is a Go map or slice without entries; an empty struct behind a pointer is something else. */
function isEmptyCollection(
  value: JsonValue | undefined,
  property: OpenApiSchema | undefined,
  registry: SchemaRegistry,
): boolean {
  if (property === undefined) return false;
  if (isJsonList(value)) return value.length === 0;
  if (!isJsonObject(value) || Object.keys(value).length > 0) return false;
  return typeof registry.resolve(property).additionalProperties === "object";
}

function isZero(value: JsonValue): boolean {
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === 0 || value === "" || value === false;
}

/** The value of a field that is missing, undefined when Go leaves the field out. */
function zeroValue(property: OpenApiSchema, registry: SchemaRegistry): JsonValue | undefined {
  const standard = property.default;
  if (standard === 0 || standard === "" || standard === false) return standard;
  if (!isJsonObject(standard) || Object.keys(standard).length > 0) return undefined;
  return structFields({}, registry.resolve(property), registry);
}

const quantityReference = "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity";

function isQuantity({ $ref, allOf }: OpenApiSchema): boolean {
  return ($ref ?? allOf?.[0]?.$ref) === quantityReference;
}

function fieldValue(value: JsonValue, property: OpenApiSchema, registry: SchemaRegistry): JsonValue | undefined {
  if (value === null) return undefined;
  if (isQuantity(property)) return canonicalQuantity(value);
  const schema = registry.resolve(property);
  if (isJsonList(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => fieldValue(item, items, registry) ?? null);
  }
  if (!isJsonObject(value)) return value;
  if (schema.properties !== undefined) return structFields(value, schema, registry);
  const { additionalProperties } = schema;
  if (typeof additionalProperties !== "object") return value;
  const entries = Object.entries(value).map(([name, item]): [string, JsonValue] => [
    name,
    fieldValue(item, additionalProperties, registry) ?? null,
  ]);
  return Object.fromEntries(entries);
}
