import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { parseJson } from "../../../codec/parse-json.ts";
import { printJson } from "../../../codec/print-json.ts";
import { patchRulesOf } from "../../../shared/render/built-in-kinds.ts";
import { strategicMerge } from "../../../shared/render/overlays/strategic-merge.ts";
import { StrategicMergeError } from "../../../shared/render/overlays/merge-directives.ts";
import { kubectl } from "../../support/kubectl.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const isThere = partIsThere("kubectl", reasonMissing(await missingPrograms(["kubectl"])));
const name = fc.constantFrom("a", "b", "c", "d");
const image = fc.constantFrom("x", "y", null);
const directive = fc.constantFrom(undefined, undefined, undefined, "delete", "replace");

function items(fields: Readonly<Record<string, fc.Arbitrary<JsonValue | undefined>>>): fc.Arbitrary<JsonValue> {
  return fc.uniqueArray(fc.record({ name, ...fields }, { requiredKeys: ["name"] }).map(withoutUndefined), {
    selector: (item) => printJson(item["name"]),
    maxLength: 4,
  });
}

function some<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

function podSpec(isPatch: boolean): fc.Arbitrary<JsonObject> {
  const order = isPatch ? directive : fc.constant(undefined);
  return fc
    .record({
      containers: some(
        items({ image: isPatch ? image : fc.constantFrom("x", "y"), $patch: order, env: items({ value: name }) }),
      ),
      volumes: some(items({ emptyDir: fc.constant({}), $patch: order })),
      nodeSelector: some(
        fc.dictionary(name, isPatch ? image : fc.constantFrom("x", "y"), { maxKeys: 3, noNullPrototype: true }),
      ),
      tolerations: some(fc.array(fc.record({ key: name }), { maxLength: 2 })),
      hostNetwork: some(fc.boolean()),
    })
    .map(withoutUndefined);
}

const podMetadata = (isPatch: boolean): fc.Arbitrary<JsonObject> =>
  fc.record({
    name: fc.constant("p"),
    finalizers: fc.uniqueArray(name, { maxLength: 3 }),
    labels: fc.dictionary(name, isPatch ? image : fc.constantFrom("x", "y"), { maxKeys: 3, noNullPrototype: true }),
  });

function pod(isPatch: boolean): fc.Arbitrary<JsonObject> {
  return fc.record({ metadata: podMetadata(isPatch), spec: podSpec(isPatch) });
}

describe.skipIf(!isThere)("strategic merge patches", () => {
  it("merges as kubectl does, whatever the object and the patch", async () => {
    await using dir = await createTempDir("patch");
    const cases = fc.sample(fc.record({ object: pod(false), patch: pod(true) }), { numRuns: 80, seed: 7 });
    const compared = await Promise.all(
      cases.map(async ({ object, patch }) => {
        const full = { apiVersion: "v1", kind: "Pod", ...object };
        const theirs = await patchWithKubectl(full, patch, join(dir.path, "kubeconfig"));
        return { mine: { full, patch, result: patchHere(full, patch) }, theirs: { full, patch, result: theirs } };
      }),
    );
    expect(compared.map(({ mine }) => mine)).toEqual(compared.map(({ theirs }) => theirs));
    const accepted = compared.filter(({ theirs }) => theirs.result !== "refused").length;
    expect(accepted).toBeGreaterThan(50);
  });

  it.each([
    {
      name: "$retainKeys",
      patch: { spec: { volumes: [{ $retainKeys: ["name", "emptyDir"], name: "v", emptyDir: {} }] } },
    },
    { name: "$setElementOrder", patch: { spec: { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] } } },
    {
      name: "$setElementOrder with a new item",
      patch: {
        spec: {
          "$setElementOrder/containers": [{ name: "c" }, { name: "a" }, { name: "b" }],
          containers: [{ name: "c" }],
        },
      },
    },
    { name: "$deleteFromPrimitiveList", patch: { metadata: { "$deleteFromPrimitiveList/finalizers": ["f"] } } },
    { name: "$patch: replace in a map", patch: { metadata: { labels: { $patch: "replace", z: "1" } } } },
    { name: "$patch: delete in a map", patch: { metadata: { labels: { $patch: "delete" } } } },
    { name: "$patch: replace in a list", patch: { spec: { containers: [{ $patch: "replace" }, { name: "z" }] } } },
    {
      name: "$patch: delete of an item that is not there",
      patch: { spec: { containers: [{ name: "z", $patch: "delete" }] } },
    },
    { name: "an item without its merge key", patch: { spec: { containers: [{ image: "z" }] } } },
    { name: "a list where a map was", patch: { metadata: { labels: ["a"] } } },
    { name: "null within something new", patch: { spec: { securityContext: { runAsUser: null, fsGroup: 1 } } } },
  ])("obeys $name as kubectl does", async ({ patch }) => {
    await using dir = await createTempDir("patch");
    const object = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", labels: { a: "1", b: "2" }, finalizers: ["e", "f", "g"] },
      spec: {
        containers: [
          { name: "a", image: "x" },
          { name: "b", image: "y" },
        ],
        volumes: [{ name: "v", hostPath: { path: "/x" } }],
      },
    };
    expect(patchHere(object, patch)).toEqual(await patchWithKubectl(object, patch, join(dir.path, "kubeconfig")));
  });
});

function patchHere(object: JsonObject, patch: JsonObject): JsonValue {
  try {
    return clean(strategicMerge(object, patch, patchRulesOf("v1", "Pod") ?? {}));
  } catch (error) {
    if (error instanceof StrategicMergeError) return "refused";
    throw error;
  }
}

async function patchWithKubectl(object: JsonObject, patch: JsonObject, kubeconfigPath: string): Promise<JsonValue> {
  const args = ["patch", "--local", "-f", "-", "--type", "strategic", "-p", printJson(patch), "-o", "json"];
  const result = await kubectl(args, { kubeconfigPath, stdin: printJson(object) });
  return result.exitCode === 0 ? clean(parseJson(result.stdout)) : "refused";
}

/** kubectl prints a typed object: without what is empty, with what is always there. */
function clean(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(clean);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, JsonValue] => [key, clean(member)]);
  return Object.fromEntries(
    entries.filter(([key, member]) => !isNothing(member) && !(key === "status" && isNothing(member))),
  );
}

function isNothing(value: JsonValue): boolean {
  if (value === null || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function withoutUndefined(object: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) kept[key] = value;
  return kept;
}
