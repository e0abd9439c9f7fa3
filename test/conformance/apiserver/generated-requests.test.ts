import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInSchemas } from "../../../apiserver/resources/built-in-schemas.ts";
import { createCustomRegistry } from "../../../apiserver/resources/custom-resource-schema.ts";
import type { JsonObject, JsonValue } from "../../../codec/json-value.ts";
import type { KubeClient } from "../../kube/kube-request.ts";
import { describeWithKube, sharedBareCluster } from "../../support/kube.ts";
import { identified, type Step, type Target } from "./request-step.ts";
import { runSequence } from "./run-sequence.ts";
import { installWidgets, widgetSchema } from "./widget-definition.ts";

let cluster: KubeClient;
let names = 0;

beforeAll(async () => {
  cluster = await sharedBareCluster();
  await installWidgets(cluster);
});

afterAll(() => {
  cluster[Symbol.dispose]();
});

const managers = fc.constantFrom("alpha", "beta", "gamma");
const letter = fc.constantFrom("a", "b", "c");
const word = fc.constantFrom("1", "2");

/** A list of objects found by name; the name comes first, as somebody would write it. */
function namedItems(fields: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonValue> {
  const item = fc.record({ name: letter, ...fields }, { requiredKeys: ["name"] });
  return fc.uniqueArray(item, { selector: ({ name }) => name, maxLength: 3 });
}

const labels = fc.dictionary(letter, word, { maxKeys: 3 });

const container = {
  image: fc.constantFrom("nginx:1", "nginx:2"),
  args: fc.array(word, { maxLength: 2 }),
  env: namedItems({ value: word }),
  ports: fc.uniqueArray(
    fc.record(
      { containerPort: fc.constantFrom(80, 81), protocol: fc.constantFrom("TCP", "UDP"), name: letter },
      { requiredKeys: ["containerPort"] },
    ),
    { selector: (port) => `${port.containerPort}/${port.protocol ?? "TCP"}`, maxLength: 2 },
  ),
  resources: fc.record({
    limits: fc.dictionary(fc.constantFrom("cpu", "memory"), fc.constantFrom("1", "1000m", "1Gi")),
  }),
  securityContext: fc.record({ runAsUser: fc.constantFrom(1, 2), privileged: fc.boolean() }, { requiredKeys: [] }),
};

const podTemplate = fc.record(
  {
    metadata: fc.record({ labels, annotations: labels }, { requiredKeys: [] }),
    template: fc.record({
      metadata: fc.record({ labels }, { requiredKeys: [] }),
      spec: fc.record(
        {
          containers: namedItems(container).map((items) => withSidecar(items)),
          nodeSelector: labels,
          tolerations: fc.array(fc.record({ key: letter, operator: fc.constant("Exists") }), { maxLength: 2 }),
          terminationGracePeriodSeconds: fc.constantFrom(10, 30),
          hostAliases: fc.uniqueArray(
            fc.record({ ip: fc.constantFrom("1.1.1.1", "2.2.2.2"), hostnames: fc.array(letter) }),
            {
              selector: ({ ip }) => ip,
              maxLength: 2,
            },
          ),
        },
        { requiredKeys: ["containers"] },
      ),
    }),
  },
  { requiredKeys: ["template"] },
);

/** A container that every configuration has: a pod without one is not valid. */
function withSidecar(items: JsonValue): JsonValue {
  const list: readonly JsonValue[] = Array.isArray(items) ? items : [];
  return [...list, { name: "z", image: "busybox:1" }];
}

const widget = fc.record(
  {
    metadata: fc.record(
      { labels, finalizers: fc.uniqueArray(fc.constantFrom("x.io/a", "x.io/b")) },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        parts: namedItems({ size: fc.constantFrom(1, 2), tags: fc.uniqueArray(letter, { maxLength: 2 }) }),
        tags: fc.uniqueArray(letter, { maxLength: 3 }),
        order: fc.array(letter, { maxLength: 2 }),
        whole: fc.dictionary(letter, word, { maxKeys: 2 }),
        settings: fc.dictionary(letter, word, { maxKeys: 2 }),
        anything: fc.dictionary(letter, fc.oneof(word, fc.array(word, { maxLength: 2 }), labels), { maxKeys: 2 }),
        port: fc.oneof(fc.constantFrom(80, 81), fc.constant("http")),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

type BodyKind = (target: Target, body: JsonObject) => Step;

function stepsOf(bodies: fc.Arbitrary<JsonObject>, first: BodyKind): fc.Arbitrary<(target: Target) => Step[]> {
  const change = fc.record({
    body: bodies,
    manager: managers,
    verb: fc.constantFrom("apply", "apply", "merge", "update"),
    force: fc.boolean(),
  });
  return fc
    .tuple(bodies, fc.array(change, { minLength: 3, maxLength: 7 }))
    .map(([start, changes]) => (target: Target) => [
      first(target, start),
      ...changes.map(({ body, manager, verb, force }): Step => {
        if (verb === "apply") return { verb, manager, force, body: identified(target, body) };
        if (verb === "merge") return { verb, manager, body };
        const { metadata: _metadata, ...rest } = body;
        return { verb: "update", manager, body: (live) => ({ ...live, ...rest }) };
      }),
    ]);
}

const create: BodyKind = (target, body) => ({ verb: "create", manager: "creator", body: identified(target, body) });
const apply: BodyKind = (target, body) => ({ verb: "apply", manager: "alpha", body: identified(target, body) });

function aPodTemplate(): Target {
  const schema = builtInSchemas().forKind("", "v1", "PodTemplate");
  if (schema === undefined) throw new Error("no schema for PodTemplate");
  names++;
  const kind = { group: "", version: "v1", kind: "PodTemplate", plural: "podtemplates" };
  return { ...kind, namespace: "default", name: `template-${names}`, schema, hasStatus: false, builtIn: true };
}

function aWidget(): Target {
  const registry = createCustomRegistry({
    group: "example.com",
    kind: "Widget",
    versions: [{ version: "v1", schema: widgetSchema }],
    base: builtInSchemas(),
  });
  const schema = registry.forKind("example.com", "v1", "Widget");
  if (schema === undefined) throw new Error("no schema for Widget");
  names++;
  const kind = { group: "example.com", version: "v1", kind: "Widget", plural: "widgets" };
  return { ...kind, namespace: "default", name: `widget-${names}`, schema, hasStatus: false, builtIn: false };
}

const options = { seed: 20261123, numRuns: 40, endOnFailure: false };

describeWithKube("generated requests by several managers", () => {
  it.each([
    { first: create, name: "create" },
    { first: apply, name: "apply" },
  ])("leave pod templates as kube-apiserver does, beginning with $name", async ({ first }) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(stepsOf(podTemplate, first), async (steps) => {
        const target = aPodTemplate();
        compared += (await runSequence(cluster, target, steps(target))).compared;
      }),
      options,
    );
    expect(compared).toBeGreaterThan(100);
  });

  it.each([
    { first: create, name: "create" },
    { first: apply, name: "apply" },
  ])("leave custom resources as kube-apiserver does, beginning with $name", async ({ first }) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(stepsOf(widget, first), async (steps) => {
        const target = aWidget();
        compared += (await runSequence(cluster, target, steps(target))).compared;
      }),
      options,
    );
    expect(compared).toBeGreaterThan(100);
  });
});
