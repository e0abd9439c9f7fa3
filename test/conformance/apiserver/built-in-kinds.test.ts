import { afterAll, beforeAll, expect, it } from "vitest";
import { columnDefinitions } from "../../../apiserver/resources/built-in-columns/column-definitions.ts";
import { builtInResources } from "../../../apiserver/resources/built-in-resources.ts";
import { builtInDefinitions } from "../../../apiserver/resources/built-in-schemas.ts";
import type { OpenApiSchema } from "../../../apiserver/resources/open-api-schema.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { readColumns } from "../../../tools/built-in-kinds/read-columns.ts";
import { readOpenApi } from "../../../tools/built-in-kinds/read-open-api.ts";
import { readResources } from "../../../tools/built-in-kinds/read-resources.ts";

let cluster: Awaited<ReturnType<typeof sharedCluster>>;

beforeAll(async () => {
  cluster = await sharedCluster();
});

afterAll(() => {
  cluster[Symbol.dispose]();
});

/** Other tests of the run may define kinds of their own. */
function isBuiltIn(group: string): boolean {
  return builtInResources().some((resource) => resource.group === group);
}

function withoutGoTags(schema: OpenApiSchema): OpenApiSchema {
  const { "x-go-omit-zero": _zero, "x-go-print-null": _null, ...rest } = schema;
  return rest;
}

describeWithKube("the data of built-in kinds", () => {
  it("lists the resources that kube-apiserver serves", async () => {
    const served = await readResources(cluster);
    expect(builtInResources()).toEqual(served.filter(({ group }) => isBuiltIn(group)));
  });

  it("has the schemas that kube-apiserver publishes", async () => {
    const published = Object.entries(await readOpenApi(cluster)).filter(([name]) => name.startsWith("io.k8s."));
    const ours = Object.entries(builtInDefinitions()).map(([name, schema]) => [name, withoutGoTags(schema)] as const);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(published));
  });

  it("has the columns that kube-apiserver shows", async () => {
    expect(columnDefinitions()).toEqual(await readColumns(cluster, builtInResources()));
  });
});
