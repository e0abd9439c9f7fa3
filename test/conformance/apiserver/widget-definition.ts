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

const servedWithinMs = 20_000;

/** Creates the CustomResourceDefinition of `Widget` in `example.com/v1` and waits until widgets are served. */
export async function installWidgets(server: Pick<KubeClient, "request">): Promise<void> {
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const created = await server.request(definitions, { method: "POST", body: definition });
  if (created.status !== 201) throw new Error(`the definition was refused: ${created.text}`);
  const deadline = Date.now() + servedWithinMs;
  while ((await server.request("/apis/example.com/v1/widgets")).status !== 200) {
    if (Date.now() > deadline) throw new Error(`widgets are not served after ${servedWithinMs} ms`);
    await setTimeout(50);
  }
}
