import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "../open-api-schema.ts";

/**
 * Returns the value with the schema's defaults where fields are missing (or null and not nullable); unchanged parts are
 * shared with the input. A default below a missing object is not set, as in structural schemas.
 */
export function defaultFields(value: JsonValue, schema: KindSchema): JsonValue {
  return fill(value, schema.root, schema.registry);
}

function fill(value: JsonValue, schema: OpenApiSchema, registry: SchemaRegistry): JsonValue {
  const resolved = registry.resolve(schema);
  if (Array.isArray(value)) {
    const { items } = resolved;
    if (items === undefined) return value;
    const filled = value.map((item) => fill(item, items, registry));
    return filled.every((item, index) => item === value[index]) ? value : filled;
  }
  return isJsonObject(value) ? fillObject(value, resolved, registry) : value;
}

function fillObject(object: JsonObject, schema: OpenApiSchema, registry: SchemaRegistry): JsonObject {
  let filled: Record<string, JsonValue> | undefined;
  const set = (name: string, value: JsonValue): void => {
    filled ??= { ...object };
    filled[name] = value;
  };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const current = Object.hasOwn(object, name) ? object[name] : undefined;
    const start = current ?? missingValue(current, property, registry);
    if (start === undefined) continue;
    const value = fill(start, property, registry);
    if (value !== current) set(name, value);
  }
  if (typeof schema.additionalProperties === "object") {
    for (const [name, current] of Object.entries(object)) {
      if (schema.properties?.[name] !== undefined) continue;
      const value = fill(current, schema.additionalProperties, registry);
      if (value !== current) set(name, value);
    }
  }
  return filled ?? object;
}

function missingValue(
  current: null | undefined,
  property: OpenApiSchema,
  registry: SchemaRegistry,
): JsonValue | undefined {
  const resolved = registry.resolve(property);
  if (current === null && resolved.nullable === true) return undefined;
  return resolved.default;
}
