import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "../open-api-schema.ts";
import { parseQuantity } from "../quantity.ts";
import { matchesType } from "./match-type.ts";

interface Place {
  readonly schema: OpenApiSchema;
  /** Go type that holds the field, "DeploymentSpec". */
  readonly struct: string;
  /** Path as encoding/json prints it: without list indexes and map keys. */
  readonly path: string;
}

/**
 * Returns the first value whose type is not the schema's, in the words of Go's JSON decoder
 * (`json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`), or undefined. This
 * is what kube-apiserver answers for its own kinds, which it decodes into Go structs.
 */
export function findTypeFault(value: JsonValue, schema: KindSchema, kind: string): string | undefined {
  return faultIn(value, { schema: schema.root, struct: kind, path: "" }, schema.registry);
}

function faultIn(value: JsonValue, place: Place, registry: SchemaRegistry): string | undefined {
  if (value === null) return undefined;
  if (definitionName(place.schema) === quantityType && isNoQuantity(value)) {
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  }
  const resolved = registry.resolve(place.schema);
  const expected = goTypeOf(place.schema, registry);
  if (expected === undefined) return undefined;
  if (!isPlausible(value, resolved)) {
    return `json: cannot unmarshal ${wordFor(value)} into Go struct field ${place.struct}.${place.path} of type ${expected}`;
  }
  if (Array.isArray(value)) return firstFault(value, { ...place, schema: resolved.items ?? {} }, registry);
  if (!isJsonObject(value)) return undefined;
  const struct = structOf(place.schema) ?? place.struct;
  for (const [name, field] of Object.entries(value)) {
    const property = resolved.properties?.[name];
    if (property !== undefined) {
      const path = place.path === "" ? name : `${place.path}.${name}`;
      const fault = faultIn(field, { schema: property, struct, path }, registry);
      if (fault !== undefined) return fault;
    } else if (typeof resolved.additionalProperties === "object") {
      const fault = faultIn(field, { ...place, schema: resolved.additionalProperties }, registry);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

const quantityType = "io.k8s.apimachinery.pkg.api.resource.Quantity";

function isNoQuantity(value: JsonValue): boolean {
  return typeof value === "string" && parseQuantity(value) === undefined;
}

function firstFault(items: readonly JsonValue[], place: Place, registry: SchemaRegistry): string | undefined {
  for (const item of items) {
    const fault = faultIn(item, place, registry);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isPlausible(value: JsonValue, schema: OpenApiSchema): boolean {
  const hasChoice = schema.oneOf !== undefined || schema.anyOf !== undefined;
  return hasChoice || matchesType(value, schema);
}

function wordFor(value: JsonValue): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "number";
  return typeof value;
}

/** Returns the Go type that a schema stands for; undefined when the schema says nothing of types. */
function goTypeOf(schema: OpenApiSchema, registry: SchemaRegistry): string | undefined {
  const resolved = registry.resolve(schema);
  switch (resolved.type) {
    case "string":
      return resolved.format === "byte" ? "[]uint8" : "string";
    case "integer":
      return resolved.format ?? "int";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
    case "array":
      return `[]${goTypeOf(resolved.items ?? {}, registry) ?? "interface {}"}`;
    case "object":
      return goObjectType(schema, resolved, registry);
    case undefined:
    default:
      return undefined;
  }
}

function goObjectType(schema: OpenApiSchema, resolved: OpenApiSchema, registry: SchemaRegistry): string {
  const name = definitionName(schema);
  if (name !== undefined) return name.split(".").slice(-2).join(".");
  if (typeof resolved.additionalProperties !== "object") return "map[string]interface {}";
  return `map[string]${goTypeOf(resolved.additionalProperties, registry) ?? "interface {}"}`;
}

function structOf(schema: OpenApiSchema): string | undefined {
  return definitionName(schema)?.split(".").at(-1);
}

/** Returns "io.k8s.api.core.v1.PodSpec" of a reference to it. */
function definitionName(schema: OpenApiSchema): string | undefined {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return reference?.slice(reference.lastIndexOf("/") + 1);
}
