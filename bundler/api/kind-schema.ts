import * as z from "zod";
import { builtInDefinitions } from "../../apiserver/resources/built-in-schemas.ts";
import type { OpenApiSchema, SchemaDefinitions, SchemaRegistry } from "../../apiserver/resources/open-api-schema.ts";
import { createSchemaRegistry } from "../../apiserver/resources/schema-registry.ts";
import { fleetGroup } from "../../shared/api/meta.ts";

/** One of the hub's own kinds, with the schemas of its parts. */
export interface KindShape {
  readonly kind: string;
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
}

const metaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Returns the name of a kind's schema in OpenAPI documents. */
export function schemaName(kind: string): string {
  return `io.cattle.fleet.v1alpha1.${kind}`;
}

/** Returns a registry with the schemas of the hub's kinds beside the built-in ones that they and its core kinds need. */
export function createHubSchemas(kinds: readonly KindShape[]): SchemaRegistry {
  const own = Object.fromEntries(kinds.map((shape) => [schemaName(shape.kind), kindSchema(shape)]));
  const definitions: SchemaDefinitions = { ...builtInDefinitions(), ...own };
  return createSchemaRegistry(definitions);
}

function kindSchema({ kind, description, spec, status }: KindShape): OpenApiSchema {
  return {
    type: "object",
    description,
    properties: {
      apiVersion: { type: "string", description: "Group and version of the schema of this object." },
      kind: { type: "string", description: "Kind of this object." },
      metadata: { $ref: `#/components/schemas/${metaName}`, description: "Standard object's metadata." },
      spec: structural(spec),
      status: structural(status),
    },
    "x-kubernetes-group-version-kind": [{ group: fleetGroup, version: "v1alpha1", kind }],
  };
}

/** Returns a zod schema in the structural form of CustomResourceDefinitions. */
function structural(schema: z.ZodType): OpenApiSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    unrepresentable: "any",
  });
  return toStructural(json);
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Kubernetes has no `additionalProperties: {}`: whatever may hold anything preserves unknown fields. */
function toStructural(json: JsonSchema): OpenApiSchema {
  const {
    properties,
    items,
    additionalProperties,
    const: constant,
    anyOf,
    allOf,
    type,
    enum: choices,
    required,
  } = json;
  const isOpen = typeof additionalProperties === "object" && Object.keys(additionalProperties).length === 0;
  const holdsAnything =
    type === undefined && anyOf === undefined && allOf === undefined && choices === undefined && constant === undefined;
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof json.description === "string" ? { description: json.description } : {}),
    ...(json.nullable === true ? { nullable: true } : {}),
    ...(required === undefined ? {} : { required }),
    ...(constant === undefined ? {} : { enum: [constant] }),
    ...(choices === undefined ? {} : { enum: choices.filter((choice) => choice !== undefined) }),
    ...(typeof json.pattern === "string" ? { pattern: json.pattern } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, part]) => [name, toStructural(plainPart(part))]),
          ),
        }),
    ...(items === undefined || Array.isArray(items) ? {} : { items: toStructural(plainPart(items)) }),
    ...(isOpen || holdsAnything ? { "x-kubernetes-preserve-unknown-fields": true } : {}),
    ...(typeof additionalProperties === "object" && !isOpen
      ? { additionalProperties: toStructural(additionalProperties) }
      : {}),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(toStructural) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(toStructural) }),
  };
}

function plainPart(part: unknown): JsonSchema {
  return typeof part === "object" && part !== null ? (part as JsonSchema) : {};
}
