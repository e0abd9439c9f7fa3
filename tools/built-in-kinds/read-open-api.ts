import { z } from "zod";
import type { OpenApiSchema, SchemaDefinitions } from "../../apiserver/resources/open-api-schema.ts";
import type { KubeClient } from "../../test/kube/kube-request.ts";

const index = z.object({ paths: z.record(z.string(), z.object({ serverRelativeURL: z.string() })) });
const document = z.object({
  components: z
    .object({ schemas: z.record(z.string(), z.custom<OpenApiSchema>()) })
    .partial()
    .default({}),
});

/** Returns all schemas of a server's OpenAPI v3 documents by name, sorted. */
export async function readOpenApi(server: Pick<KubeClient, "request">): Promise<SchemaDefinitions> {
  const { paths } = index.parse((await server.request("/openapi/v3")).json);
  const all = new Map<string, OpenApiSchema>();
  for (const { serverRelativeURL } of Object.values(paths)) {
    const answer = await server.request(serverRelativeURL);
    const { schemas = {} } = document.parse(answer.json ?? {}).components;
    for (const [name, schema] of Object.entries(schemas)) all.set(name, withoutSharedKinds(name, schema));
  }
  return Object.fromEntries([...all].sort(([left], [right]) => (left < right ? -1 : 1)));
}

// DeleteOptions and WatchEvent belong to every group; each document lists only its own.
function withoutSharedKinds(name: string, schema: OpenApiSchema): OpenApiSchema {
  const shared = name.endsWith(".meta.v1.DeleteOptions") || name.endsWith(".meta.v1.WatchEvent");
  if (!shared) return schema;
  const { "x-kubernetes-group-version-kind": _kinds, ...rest } = schema;
  return rest;
}
