import type { KindSchema, OpenApiSchema, SchemaRegistry } from "../resources/open-api-schema.ts";

/** How a field is patched and what lies below it (the struct tags of k8s.io/api, which OpenAPI repeats). */
export interface PatchStrategy {
  /** Whether the patch replaces the field instead of being merged into it. */
  readonly replace: boolean;
  /** Whether a list is merged item by item. */
  readonly mergeList: boolean;
  /** The field that tells items of a merged list apart; undefined for lists of scalars. */
  readonly mergeKey: string | undefined;
  readonly items: PatchSchema;
  readonly fields: PatchSchema;
}

/** What is known of the fields of an object. */
export interface PatchSchema {
  /** Returns how a field is patched; undefined when the schema does not know it. */
  readonly field: (name: string) => PatchStrategy | undefined;
}

/** Returns the patch rules of a kind. */
export function patchSchemaOf({ root, registry }: KindSchema): PatchSchema {
  return createPatchSchema(root, registry);
}

function createPatchSchema(schema: OpenApiSchema, registry: SchemaRegistry): PatchSchema {
  return {
    field: (name) => {
      const { properties = {}, additionalProperties } = registry.resolve(schema);
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const field = property ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
      return field === undefined ? undefined : strategyOf(field, registry);
    },
  };
}

function strategyOf(field: OpenApiSchema, registry: SchemaRegistry): PatchStrategy {
  const words = (field["x-kubernetes-patch-strategy"] ?? "").split(",");
  const { items = {} } = registry.resolve(field);
  return {
    replace: words.includes("replace"),
    mergeList: words.includes("merge"),
    mergeKey: field["x-kubernetes-patch-merge-key"],
    items: createPatchSchema(items, registry),
    fields: createPatchSchema(field, registry),
  };
}
