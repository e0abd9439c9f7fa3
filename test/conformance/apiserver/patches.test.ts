import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInSchemas } from "../../../apiserver/resources/built-in-schemas.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import { createTestNamespace, describeWithKube, sharedCluster, type TestNamespace } from "../../support/kube.ts";
import { identified, type Step, type Target } from "./request-step.ts";
import { runSequence } from "./run-sequence.ts";

let cluster: Awaited<ReturnType<typeof sharedCluster>>;
let namespace: TestNamespace;
let names = 0;

beforeAll(async () => {
  cluster = await sharedCluster();
  namespace = await createTestNamespace(cluster, "patches");
});

afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  cluster[Symbol.dispose]();
});

/** A pod template: as rich as a pod, and no controller touches it. */
function aTemplate(): Target {
  const schema = builtInSchemas().forKind("", "v1", "PodTemplate");
  if (schema === undefined) throw new Error("no schema for PodTemplate");
  names++;
  const kind = { group: "", version: "v1", kind: "PodTemplate", plural: "podtemplates" };
  return { ...kind, namespace: namespace.name, name: `t${names}`, schema, hasStatus: false, builtIn: true };
}

const env = ["A", "B", "C"].map((name) => ({ name, value: name.toLowerCase() }));
const ports = [{ containerPort: 80 }, { containerPort: 81, name: "p" }];
const podSpec = {
  nodeSelector: { n: "1" },
  volumes: [{ name: "v", emptyDir: {} }],
  tolerations: [{ key: "a", operator: "Exists" }],
  containers: [
    { name: "c", image: "nginx", args: ["1", "2"], ports, env },
    { name: "d", image: "x" },
  ],
};

function body(target: Target) {
  const metadata = { labels: { x: "y" }, finalizers: ["x.io/a", "x.io/b"] };
  return identified(target, { metadata, template: { metadata: { labels: { a: "b" } }, spec: podSpec } });
}

type Verb = Step["verb"];

const inSpec = (spec: JsonValue): JsonValue => ({ template: { spec } });
const item = "/template/spec/containers/0";

const patches: readonly { readonly name: string; readonly verb: Verb; readonly patch: JsonValue }[] = [
  {
    name: "merges nested lists by name",
    verb: "strategic",
    patch: inSpec({
      containers: [
        {
          name: "c",
          env: [
            { name: "D", value: "1" },
            { name: "A", value: "z" },
          ],
        },
      ],
    }),
  },
  {
    name: "orders items",
    verb: "strategic",
    patch: inSpec({
      "$setElementOrder/containers": [{ name: "d" }, { name: "n" }, { name: "c" }],
      containers: [{ name: "n", image: "new" }],
    }),
  },
  {
    name: "orders items without touching them",
    verb: "strategic",
    patch: inSpec({ "$setElementOrder/containers": [{ name: "d" }, { name: "c" }] }),
  },
  {
    name: "deletes and adds an item",
    verb: "strategic",
    patch: inSpec({
      containers: [
        { name: "d", $patch: "delete" },
        { name: "e", image: "q" },
      ],
    }),
  },
  {
    name: "replaces a list",
    verb: "strategic",
    patch: inSpec({ containers: [{ $patch: "replace" }, { name: "e", image: "q" }] }),
  },
  {
    name: "deletes from a list of scalars",
    verb: "strategic",
    patch: { metadata: { "$deleteFromPrimitiveList/finalizers": ["x.io/a"], labels: { x: null, q: "1" } } },
  },
  {
    name: "orders a list of scalars",
    verb: "strategic",
    patch: { metadata: { finalizers: ["x.io/c"], "$setElementOrder/finalizers": ["x.io/c", "x.io/b", "x.io/a"] } },
  },
  {
    name: "keeps the listed keys of a union",
    verb: "strategic",
    patch: inSpec({
      volumes: [{ name: "v", $retainKeys: ["name", "secret"], secret: { secretName: "s" } }],
      tolerations: [{ key: "b", operator: "Exists" }],
    }),
  },
  {
    name: "deletes a port by its number",
    verb: "strategic",
    patch: inSpec({ containers: [{ name: "c", args: ["9"], ports: [{ containerPort: 81, $patch: "delete" }] }] }),
  },
  { name: "refuses an item without its key", verb: "strategic", patch: inSpec({ containers: [{ image: "nokey" }] }) },
  {
    name: "refuses a field that is not retained",
    verb: "strategic",
    patch: inSpec({ nodeSelector: { $retainKeys: ["a"], b: "c" } }),
  },
  {
    name: "refuses to be told to merge a list",
    verb: "strategic",
    patch: inSpec({ containers: [{ name: "c", $patch: "merge" }] }),
  },
  {
    name: "refuses an order that is no list",
    verb: "strategic",
    patch: inSpec({ "$setElementOrder/containers": "x" }),
  },
  { name: "refuses an unknown directive", verb: "strategic", patch: { template: { $patch: "foo" } } },
  { name: "refuses a list", verb: "strategic", patch: [1] },
  {
    name: "replaces lists and removes maps",
    verb: "merge",
    patch: {
      template: { spec: { containers: [{ name: "z", image: "y", env: null }] } },
      metadata: { labels: null, annotations: { a: "1" } },
    },
  },
  { name: "refuses a list", verb: "merge", patch: [1] },
  {
    name: "adds, replaces and tests",
    verb: "json",
    patch: [
      { op: "add", path: "/metadata/labels/a~1b", value: "1" },
      { op: "replace", path: `${item}/image`, value: "i" },
      { op: "test", path: `${item}/image`, value: "i" },
    ],
  },
  {
    name: "moves, copies and counts from the end",
    verb: "json",
    patch: [
      { op: "add", path: item, value: { name: "first", image: "f" } },
      { op: "remove", path: "/template/spec/containers/-1" },
      { op: "move", from: `${item}/image`, path: `${item}/workingDir` },
      { op: "copy", from: `${item}/workingDir`, path: `${item}/image` },
    ],
  },
  {
    name: "replaces a field that is not there",
    verb: "json",
    patch: [{ op: "replace", path: "/metadata/labels/zz", value: "3" }],
  },
  {
    name: "refuses to remove what is not there",
    verb: "json",
    patch: [{ op: "remove", path: "/metadata/labels/nope" }],
  },
  { name: "refuses when a test fails", verb: "json", patch: [{ op: "test", path: `${item}/image`, value: "other" }] },
  { name: "refuses an unknown operation", verb: "json", patch: [{ op: "foo", path: "/spec/nope" }] },
  { name: "refuses an object", verb: "json", patch: { op: "foo", path: "/spec/nope" } },
];

describeWithKube("patches beside kube-apiserver", () => {
  it.each(patches)("$verb patch $name", async ({ verb, patch }) => {
    const target = aTemplate();
    const create: Step = { verb: "create", manager: "creator", body: body(target) };
    const { compared } = await runSequence(cluster, target, [create, { verb, manager: "patcher", body: patch }]);
    expect(compared).toBe(2);
  });
});
