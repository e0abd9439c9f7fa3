import { z } from "zod";
import type { ColumnDefinition } from "../../apiserver/resources/built-in-columns/column-definitions.ts";
import type { BuiltInResource } from "../../apiserver/resources/built-in-resources.ts";
import type { KubeClient } from "../../test/kube/kube-request.ts";

const table = z.object({
  columnDefinitions: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      format: z.string(),
      description: z.string(),
      priority: z.number(),
    }),
  ),
});

/** Returns the columns that a server shows for each resource that can be listed, by `group/version/plural`. */
export async function readColumns(
  server: Pick<KubeClient, "request">,
  resources: readonly BuiltInResource[],
): Promise<Readonly<Record<string, readonly ColumnDefinition[]>>> {
  const columns: Record<string, readonly ColumnDefinition[]> = {};
  for (const { group, version, plural, verbs } of resources) {
    if (!verbs.includes("list")) continue;
    const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const answer = await server.request(`${root}/${plural}?limit=1&includeObject=None`, { accept });
    columns[`${group}/${version}/${plural}`] = table.parse(answer.json).columnDefinitions;
  }
  return columns;
}
