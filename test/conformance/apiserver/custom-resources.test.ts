import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInSchemas } from "../../../apiserver/resources/built-in-schemas.ts";
import { createCustomRegistry } from "../../../apiserver/resources/custom-resource-schema.ts";
import type { JsonObject } from "../../../codec/json-value.ts";
import type { KubeClient } from "../../kube/kube-request.ts";
import { describeWithKube, sharedBareCluster } from "../../support/kube.ts";
import { identified, type Step, type Target } from "./request-step.ts";
import { runSequence } from "./run-sequence.ts";
import { gadgetVersions, installGadgets } from "./widget-definition.ts";

let cluster: KubeClient;
let names = 0;

beforeAll(async () => {
  cluster = await sharedBareCluster();
  await installGadgets(cluster);
});

afterAll(() => {
  cluster[Symbol.dispose]();
});

function aGadget(): Target {
  const kind = { group: "example.com", kind: "Gadget" };
  const registry = createCustomRegistry({ ...kind, versions: gadgetVersions, base: builtInSchemas() });
  const schema = registry.forKind(kind.group, "v1", kind.kind);
  if (schema === undefined) throw new Error("no schema for Gadget");
  names++;
  const where = { version: "v1", plural: "gadgets", namespace: "default", name: `gadget-${names}` };
  return { ...kind, ...where, schema, hasStatus: true, builtIn: false };
}

function body(target: Target, version: string, spec: JsonObject) {
  return identified({ ...target, version }, { spec });
}

async function run(target: Target, steps: readonly Step[]): Promise<number> {
  return (await runSequence(cluster, target, steps)).compared;
}

describeWithKube("custom resources beside kube-apiserver", () => {
  it("are applied in two versions by two managers", async () => {
    const target = aGadget();
    const inV1 = (spec: JsonObject, manager = "one"): Step => ({
      verb: "apply",
      manager,
      body: body(target, "v1", spec),
    });
    const inV2 = (spec: JsonObject, manager = "two"): Step => ({
      verb: "apply",
      manager,
      version: "v2",
      body: body(target, "v2", spec),
    });
    const compared = await run(target, [
      inV1({ replicas: 1, settings: { a: "1" } }),
      inV2({ extra: "x", settings: { b: "2" } }),
      inV2({ replicas: 2 }),
      inV1({ settings: { a: "1" } }),
      inV2({ replicas: 2, settings: { b: "2" } }),
      inV2({ settings: { a: "1" } }, "one"),
      inV1({ settings: { a: "2" } }, "one"),
      inV2({}),
    ]);
    expect(compared).toBe(8);
  });

  it("count as owned whole where a list has become atomic in a newer version", async () => {
    const target = aGadget();
    const compared = await run(target, [
      { verb: "apply", manager: "one", body: body(target, "v1", { list: ["a", "b"] }) },
      { verb: "apply", manager: "two", body: body(target, "v1", { list: ["b", "c"] }) },
      { verb: "apply", manager: "one", version: "v2", body: body(target, "v2", { list: ["a", "b"] }) },
      { verb: "apply", manager: "one", version: "v2", force: true, body: body(target, "v2", { list: ["d"] }) },
      { verb: "merge", manager: "three", version: "v2", body: { spec: { list: ["e"] } } },
      { verb: "apply", manager: "two", body: body(target, "v1", { list: [] }) },
    ]);
    expect(compared).toBe(6);
  });

  it("keep status apart from the rest", async () => {
    const target = aGadget();
    const compared = await run(target, [
      { verb: "create", manager: "one", body: { ...body(target, "v1", { replicas: 1 }), status: { ignored: true } } },
      {
        verb: "merge",
        manager: "two",
        subresource: "status",
        body: { status: { phase: "Ready" }, spec: { replicas: 9 } },
      },
      {
        verb: "apply",
        manager: "three",
        subresource: "status",
        body: { ...identified(target, { metadata: { labels: { a: "b" } } }), status: { more: 1 } },
      },
      { verb: "merge", manager: "two", body: { status: { phase: "Gone" }, metadata: { labels: { c: "d" } } } },
      {
        verb: "update",
        manager: "four",
        subresource: "status",
        body: (live) => ({ ...live, status: { phase: "New" } }),
      },
    ]);
    expect(compared).toBe(5);
  });

  it("hold nulls and empty things as kube-apiserver does", async () => {
    const target = aGadget();
    const compared = await run(target, [
      { verb: "apply", manager: "one", body: body(target, "v1", { settings: {}, list: [] }) },
      {
        verb: "apply",
        manager: "one",
        body: {
          ...body(target, "v1", {}),
          metadata: { name: target.name, namespace: "default", labels: {}, finalizers: [] },
        },
      },
      { verb: "merge", manager: "two", body: { spec: { settings: { a: null, b: "1" } } } },
      { verb: "json", manager: "two", body: [{ op: "remove", path: "/spec/settings/b" }] },
    ]);
    expect(compared).toBe(4);
  });
});
