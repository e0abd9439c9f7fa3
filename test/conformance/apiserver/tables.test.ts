import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { builtInColumns } from "../../../apiserver/resources/built-in-columns/built-in-columns.ts";
import { builtInResources } from "../../../apiserver/resources/built-in-resources.ts";
import { isApiObject, type ApiObject } from "../../../apiserver/resources/api-object.ts";
import type { PrinterColumn } from "../../../apiserver/resources/resource-definition.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import { createTestNamespace, describeWithKube, sharedCluster, type TestNamespace } from "../../support/kube.ts";
import { tableObjects } from "./table-objects.ts";

const table = z.object({
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.number() })),
  rows: z
    .array(z.object({ cells: z.array(z.custom<JsonValue>()), object: z.custom<JsonValue>() }))
    .nullable()
    .transform((rows) => rows ?? []),
});

let cluster: Awaited<ReturnType<typeof sharedCluster>>;
let namespace: TestNamespace;

beforeAll(async () => {
  cluster = await sharedCluster();
  namespace = await createTestNamespace(cluster, "tables");
  for (const { path, body } of tableObjects(namespace.name)) {
    const answer = await cluster.request(path, { method: "POST", body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`);
  }
  await podsToRun();
});

/** Waits until pods have something to show: the Deployment is ready. Throws after 40 s. */
async function podsToRun(): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace.name}/deployments/web`;
  const deadline = Date.now() + 40_000;
  while (!(await cluster.request(path)).text.includes('"readyReplicas":2')) {
    if (Date.now() > deadline) throw new Error("the Deployment of the test did not become ready");
    await setTimeout(100);
  }
}

afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  cluster[Symbol.dispose]();
});

/** Resources with columns of ours; kinds that are listed in two groups once. */
const listed = builtInResources().filter(
  ({ group, version, plural, verbs }) =>
    verbs.includes("list") &&
    group !== "events.k8s.io" &&
    `${group}/${version}` !== "autoscaling/v1" &&
    builtInColumns(`${group}/${plural}`).length > 0,
);

interface Row {
  readonly object: ApiObject;
  readonly cells: ReadonlyMap<string, JsonValue>;
}

async function readRows(path: string): Promise<{ readonly rows: readonly Row[]; readonly nowMs: number }> {
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const answer = await cluster.request(`${path}?includeObject=Object`, { accept });
  const { columnDefinitions, rows } = table.parse(answer.json);
  return {
    nowMs: Date.parse(String(answer.headers["date"])),
    rows: rows.map(({ object, cells }) => {
      if (!isApiObject(object)) throw new Error(`a row of ${path} has no object`);
      return { object, cells: new Map(columnDefinitions.map(({ name }, index) => [name, cells[index] ?? null])) };
    }),
  };
}

/** The server's clock is told in whole seconds: an age may be that of a second before or after. */
function cellsAround(column: PrinterColumn, object: ApiObject, nowMs: number): readonly JsonValue[] {
  return [0, 500, 999, -1000].map((shift) => column.cell(object, nowMs + shift) ?? null);
}

describeWithKube("tables of built-in kinds", () => {
  it("cover every kind that has objects here with all its columns", async () => {
    const short = listed.flatMap(({ group, plural }) => {
      const names = builtInColumns(`${group}/${plural}`).map(({ name }) => name);
      return names.length === new Set(names).size ? [] : [plural];
    });
    expect(short).toEqual([]);
    expect(listed.length).toBeGreaterThan(40);
  });

  it.each(listed.map((resource) => ({ ...resource, key: `${resource.group}/${resource.plural}` })))(
    "show $key as kube-apiserver does",
    async ({ group, version, plural, key }) => {
      const { rows, nowMs } = await readRows(
        `${group === "" ? `/api/${version}` : `/apis/${group}/${version}`}/${plural}`,
      );
      for (const { object, cells } of rows) {
        for (const column of builtInColumns(key)) {
          const ours = cellsAround(column, object, nowMs);
          expect(ours, `${column.name} of ${object.metadata.name}`).toContainEqual(cells.get(column.name));
        }
      }
    },
  );
});
