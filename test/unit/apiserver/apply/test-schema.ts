import type { ApiObject } from "../../../../apiserver/resources/api-object.ts";
import type { KindSchema, OpenApiSchema } from "../../../../apiserver/resources/open-api-schema.ts";
import { createSchemaRegistry } from "../../../../apiserver/resources/schema-registry.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";

const text: OpenApiSchema = { type: "string" };
const texts: OpenApiSchema = { type: "array", items: text };

/** A kind with a list map, a set, an atomic list and maps of both sorts. */
const root: OpenApiSchema = {
  type: "object",
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    spec: {
      type: "object",
      properties: {
        replicas: { type: "integer" },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            properties: { port: { type: "integer" }, protocol: { ...text, default: "TCP" }, name: text },
          },
        },
        tags: { ...texts, "x-kubernetes-list-type": "set" },
        order: texts,
        settings: { type: "object", additionalProperties: text },
        whole: { type: "object", additionalProperties: text, "x-kubernetes-map-type": "atomic" },
      },
    },
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
  "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Thing" }],
};

/** Returns the schema of `example.com/v1` Thing. */
export function thingSchema(): KindSchema {
  const schema = createSchemaRegistry({ Thing: root }).forKind("example.com", "v1", "Thing");
  if (schema === undefined) throw new Error("no schema");
  return schema;
}

/** Returns a Thing with this spec. */
export function aThing(spec: JsonObject, metadata: JsonObject = {}): ApiObject {
  return { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "thing", ...metadata }, spec };
}
