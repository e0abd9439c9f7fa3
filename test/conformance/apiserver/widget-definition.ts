import { setTimeout } from "node:timers/promises";
import type { OpenApiSchema } from "../../../apiserver/resources/open-api-schema.ts";
import type { KubeClient } from "../../kube/kube-request.ts";

const text: OpenApiSchema = { type: "string" };
const textMap: OpenApiSchema = { type: "object", additionalProperties: text };

/** A schema with every way in which a custom resource's lists and maps can be owned. */
export const widgetSchema: OpenApiSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        parts: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: {
            type: "object",
            required: ["name"],
            properties: {
              name: text,
              size: { type: "integer" },
              tags: { type: "array", items: text, "x-kubernetes-list-type": "set" },
            },
          },
        },
        tags: { type: "array", items: text, "x-kubernetes-list-type": "set" },
        order: { type: "array", items: text },
        whole: { ...textMap, "x-kubernetes-map-type": "atomic" },
        settings: textMap,
        anything: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        port: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] },
      },
    },
  },
};

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: widgetSchema } }],
  },
};

/** Two versions of a kind: the newer one knows one field more, and has made a list atomic. */
export const gadgetVersions = [
  { version: "v1", schema: gadgetSchema(false) },
  { version: "v2", schema: gadgetSchema(true) },
];

function gadgetSchema(newer: boolean): OpenApiSchema {
  const list = { type: "array", items: text, "x-kubernetes-list-type": newer ? "atomic" : "set" };
  const extra = newer ? { extra: text } : {};
  const spec: OpenApiSchema = {
    type: "object",
    properties: { replicas: { type: "integer" }, list, settings: textMap, ...extra },
  };
  const status: OpenApiSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return { type: "object", properties: { spec, status } };
}

const gadgetDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "gadgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "gadgets", kind: "Gadget" },
    versions: gadgetVersions.map(({ version, schema }) => ({
      name: version,
      served: true,
      storage: version === "v2",
      subresources: { status: {} },
      schema: { openAPIV3Schema: schema },
    })),
  },
};

const servedWithinMs = 20_000;

/** Creates the CustomResourceDefinition of `Widget` in `example.com/v1` and waits until widgets are served. */
export async function installWidgets(server: Pick<KubeClient, "request">): Promise<void> {
  await install(server, definition, "/apis/example.com/v1/widgets");
}

/** Creates the CustomResourceDefinition of `Gadget`, with two versions and status, and waits until both are served. */
export async function installGadgets(server: Pick<KubeClient, "request">): Promise<void> {
  await install(server, gadgetDefinition, "/apis/example.com/v2/gadgets");
}

async function install(server: Pick<KubeClient, "request">, body: unknown, collection: string): Promise<void> {
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const created = await server.request(definitions, { method: "POST", body });
  if (created.status !== 201) throw new Error(`the definition was refused: ${created.text}`);
  const deadline = Date.now() + servedWithinMs;
  while ((await server.request(collection)).status !== 200) {
    if (Date.now() > deadline) throw new Error(`${collection} is not served after ${servedWithinMs} ms`);
    await setTimeout(50);
  }
}
