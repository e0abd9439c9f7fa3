import { z } from "zod";
import type { BuiltInResource } from "../../apiserver/resources/built-in-resources.ts";
import type { KubeClient } from "../../test/kube/kube-request.ts";

const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const kind = z.object({ group: z.string(), version: z.string(), kind: z.string() });
const subresource = z.object({ subresource: z.string(), responseKind: kind, verbs: z.array(z.string()) });
const resource = z.object({
  resource: z.string(),
  responseKind: kind,
  scope: z.enum(["Cluster", "Namespaced"]),
  singularResource: z.string(),
  verbs: z.array(z.string()),
  shortNames: z.array(z.string()).default([]),
  categories: z.array(z.string()).default([]),
  subresources: z.array(subresource).default([]),
});
const discovery = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().default("") }),
      versions: z.array(z.object({ version: z.string(), resources: z.array(resource).default([]) })),
    }),
  ),
});

/** Returns every resource that a server offers, in the order of its aggregated discovery. */
export async function readResources(server: Pick<KubeClient, "request">): Promise<readonly BuiltInResource[]> {
  const answers = await Promise.all(["/api", "/apis"].map((path) => server.request(path, { accept })));
  return answers.flatMap(({ json }) =>
    discovery
      .parse(json)
      .items.flatMap(({ metadata, versions }) =>
        versions.flatMap(({ version, resources }) => resources.map((entry) => convert(metadata.name, version, entry))),
      ),
  );
}

function convert(group: string, version: string, entry: z.infer<typeof resource>): BuiltInResource {
  const subresources = entry.subresources.map((sub) => ({
    name: sub.subresource,
    verbs: sub.verbs,
    // An empty group or version means that of the resource.
    kind: sub.responseKind.version === "" ? { group, version, kind: sub.responseKind.kind } : sub.responseKind,
  }));
  return {
    group,
    version,
    plural: entry.resource,
    singular: entry.singularResource,
    kind: entry.responseKind.kind,
    namespaced: entry.scope === "Namespaced",
    shortNames: entry.shortNames,
    categories: entry.categories,
    verbs: entry.verbs,
    subresources,
  };
}
