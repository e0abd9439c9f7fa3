import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "../open-api-schema.ts";

/** What pruning leaves and what it dropped. */
export interface PrunedValue {
  readonly value: JsonValue;
  /** Paths of the fields that the schema does not know: `spec.template.foo`, `spec.containers[0].bar`. */
  readonly unknownFields: readonly string[];
}

/** Settings of `pruneFields`. */
export interface PruneOptions {
  /** Kubernetes' own kinds: nulls are dropped (Go decodes them as "not given"), `type: object` alone keeps its content. */
  readonly builtIn: boolean;
}

interface Pruning extends PruneOptions {
  readonly registry: SchemaRegistry;
  readonly unknownFields: string[];
}

/** Returns the value without the fields that the schema does not know; unchanged parts are shared with the input. */
export function pruneFields(value: JsonValue, schema: KindSchema, options: PruneOptions): PrunedValue {
  const pruning: Pruning = { ...options, registry: schema.registry, unknownFields: [] };
  return { value: prune(value, { schema: schema.root, path: "" }, pruning), unknownFields: pruning.unknownFields };
}

interface Place {
  readonly schema: OpenApiSchema;
  readonly path: string;
}

function prune(value: JsonValue, { schema, path }: Place, outer: Pruning): JsonValue {
  const resolved = outer.registry.resolve(schema);
  // Custom schemas have no references of their own: this one leads to a built-in type, such as ObjectMeta.
  const pruning = schema.$ref === undefined || outer.builtIn ? outer : { ...outer, builtIn: true };
  if (Array.isArray(value)) {
    const items = resolved.items;
    if (items === undefined) return value;
    const pruned = value.map((item, index) => prune(item, { schema: items, path: `${path}[${index}]` }, pruning));
    return pruned.every((item, index) => item === value[index]) ? value : pruned;
  }
  return isJsonObject(value) ? pruneObject(value, { schema: resolved, path }, pruning) : value;
}

function pruneObject(object: JsonObject, place: Place, pruning: Pruning): JsonObject {
  if (keepsEverything(place.schema, pruning)) return object;
  const kept: [string, JsonValue][] = [];
  let changed = false;
  for (const [name, value] of Object.entries(object)) {
    const path = place.path === "" ? name : `${place.path}.${name}`;
    const schema = schemaOfField(place.schema, name);
    if (schema === undefined) {
      if (isAlwaysKept(place, name)) {
        kept.push([name, value]);
        continue;
      }
      pruning.unknownFields.push(path);
      changed = true;
      continue;
    }
    if (value === null && pruning.builtIn) {
      changed = true;
      continue;
    }
    const pruned = schema === true ? value : prune(value, { schema, path }, pruning);
    if (pruned !== value) changed = true;
    kept.push([name, pruned]);
  }
  return changed ? Object.fromEntries(kept) : object;
}

function keepsEverything(schema: OpenApiSchema, { builtIn }: Pruning): boolean {
  const isOpen = schema.properties === undefined && schema.additionalProperties === undefined;
  return isOpen && (builtIn || schema["x-kubernetes-preserve-unknown-fields"] === true || schema.type !== "object");
}

/** Returns the schema of a field; true when anything is allowed there, undefined when the field is unknown. */
function schemaOfField(schema: OpenApiSchema, name: string): OpenApiSchema | true | undefined {
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  if (additionalProperties === true) return true;
  if (typeof additionalProperties === "object") return additionalProperties;
  return schema["x-kubernetes-preserve-unknown-fields"] === true ? true : undefined;
}

const objectFields = new Set(["apiVersion", "kind", "metadata"]);

function isAlwaysKept({ schema, path }: Place, name: string): boolean {
  return objectFields.has(name) && (path === "" || schema["x-kubernetes-embedded-resource"] === true);
}
