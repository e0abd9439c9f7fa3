import type { GroupVersionKind } from "./api-object.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "./open-api-schema.ts";

const objectMeta: OpenApiSchema = {
  $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
};
const text: OpenApiSchema = { type: "string" };
const identity = { apiVersion: text, kind: text, metadata: objectMeta };

/** One version of a CustomResourceDefinition. */
export interface CustomVersion {
  readonly version: string;
  /** Its `schema.openAPIV3Schema`. */
  readonly schema: OpenApiSchema;
}

/** A kind defined by a CustomResourceDefinition. */
export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly CustomVersion[];
  /** Where `ObjectMeta` is found: the registry of built-in kinds. */
  readonly base: SchemaRegistry;
}

/**
 * Returns the registry of a custom kind's versions: their schemas with `apiVersion`, `kind` and `metadata`, also in
 * embedded resources, as kube-apiserver publishes them (openapi/builder of k8s.io/apiextensions-apiserver).
 */
export function createCustomRegistry({ group, kind, versions, base }: CustomKind): SchemaRegistry {
  const roots = new Map(versions.map(({ version, schema }) => [version, publish(schema, { group, version, kind })]));
  const registry: SchemaRegistry = {
    forKind: (wantedGroup, version, wantedKind): KindSchema | undefined => {
      if (wantedGroup !== group || wantedKind !== kind) return base.forKind(wantedGroup, version, wantedKind);
      const root = roots.get(version);
      return root === undefined ? undefined : { root, registry };
    },
    resolve: base.resolve,
  };
  return registry;
}

function publish(schema: OpenApiSchema, names: GroupVersionKind): OpenApiSchema {
  const whole = withEmbedded(schema);
  return {
    ...whole,
    type: "object",
    properties: { ...whole.properties, ...identity },
    "x-kubernetes-group-version-kind": [names],
  };
}

function withEmbedded(schema: OpenApiSchema): OpenApiSchema {
  const { properties, items, additionalProperties } = schema;
  const inner = {
    ...schema,
    ...(properties === undefined ? {} : { properties: mapProperties(properties) }),
    ...(items === undefined ? {} : { items: withEmbedded(items) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: withEmbedded(additionalProperties) } : {}),
  };
  if (schema["x-kubernetes-embedded-resource"] !== true) return inner;
  return {
    ...inner,
    properties: { ...inner.properties, ...identity },
    required: [...new Set([...(schema.required ?? []), "apiVersion", "kind"])],
  };
}

function mapProperties(properties: Readonly<Record<string, OpenApiSchema>>): Readonly<Record<string, OpenApiSchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, withEmbedded(field)]));
}
