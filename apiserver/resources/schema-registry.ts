import type { KindSchema, OpenApiSchema, SchemaDefinitions, SchemaRegistry } from "./open-api-schema.ts";

/** What is true of all schemas of a registry. */
export interface SchemaRegistryOptions {
  /** Whether these are built-in kinds; see `KindSchema.goStructs`. */
  readonly goStructs?: boolean;
}

const prefix = "#/components/schemas/";

/**
 * Returns a registry of schemas by name; kinds are found by their `x-kubernetes-group-version-kind`. `$ref`s may be
 * written as `#/components/schemas/<name>`.
 */
export function createSchemaRegistry(
  definitions: SchemaDefinitions,
  { goStructs = false }: SchemaRegistryOptions = {},
): SchemaRegistry {
  const byKind = new Map<string, { readonly root: OpenApiSchema; readonly typeName: string }>();
  for (const [typeName, root] of Object.entries(definitions)) {
    for (const { group, version, kind } of root["x-kubernetes-group-version-kind"] ?? []) {
      const key = `${group}/${version}/${kind}`;
      // A kind's own schema has metadata; DeleteOptions and WatchEvent name every group.
      if (!byKind.has(key)) byKind.set(key, { root, typeName });
    }
  }
  const resolved = new WeakMap<OpenApiSchema, OpenApiSchema>();
  const resolve = (schema: OpenApiSchema): OpenApiSchema => {
    const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
    if (reference === undefined) return schema;
    const known = resolved.get(schema);
    if (known !== undefined) return known;
    const target = reference.startsWith(prefix) ? definitions[reference.slice(prefix.length)] : undefined;
    if (target === undefined) throw new Error(`schema reference ${reference} points nowhere`);
    const { $ref: _reference, allOf: _single, ...beside } = schema;
    const made = { ...resolve(target), ...beside };
    resolved.set(schema, made);
    return made;
  };
  const registry: SchemaRegistry = {
    forKind: (group, version, kind): KindSchema | undefined => {
      const found = byKind.get(`${group}/${version}/${kind}`);
      return found === undefined ? undefined : { ...found, registry, goStructs };
    },
    resolve,
  };
  return registry;
}
