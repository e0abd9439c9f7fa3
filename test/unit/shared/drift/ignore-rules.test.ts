import { describe, expect, test } from "vitest";
import type { ComparePatch } from "../../../../shared/api/deployment-options.ts";
import { ignoreRules } from "../../../../shared/drift/ignore-rules.ts";
import { nameExpressions } from "../../../../shared/drift/name-expressions.ts";
import { aDeployment } from "./objects.ts";

const object = aDeployment({ spec: { replicas: 2, args: ["a", "b"] }, extra: { "a/b": 1 } });

interface Case {
  readonly name: string;
  readonly patch: ComparePatch;
  readonly expected: Record<string, unknown>;
}

const untouched = { spec: { replicas: 2, args: ["a", "b"] }, extra: { "a/b": 1 } };
const cases: readonly Case[] = [
  {
    name: "pointers match kind and group as globs and any version",
    patch: { apiVersion: "app*/v9", kind: "Deploy*", jsonPointers: ["/spec/replicas"] },
    expected: { ...untouched, spec: { args: ["a", "b"] } },
  },
  {
    name: "pointers of another group, name or namespace do nothing",
    patch: { apiVersion: "batch/v1", kind: "Deployment", jsonPointers: ["/spec"] },
    expected: untouched,
  },
  {
    name: "a name limits pointers to one object",
    patch: { apiVersion: "apps/v1", kind: "Deployment", name: "other", jsonPointers: ["/spec"] },
    expected: untouched,
  },
  {
    name: "a pointer that leads nowhere is left out by itself",
    patch: { apiVersion: "apps/v1", kind: "Deployment", jsonPointers: ["/nope/x", "/extra/a~1b", "/spec/args/0"] },
    expected: { spec: { replicas: 2, args: ["b"] }, extra: {} },
  },
  {
    name: "operations need exact names and take effect together",
    patch: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "web",
      namespace: "apps",
      operations: [
        { op: "remove", path: "/spec/replicas" },
        { op: "replace", path: "/extra", value: "gone" },
      ],
    },
    expected: { spec: { args: ["a", "b"] }, extra: "gone" },
  },
  {
    name: "one operation that fails undoes the others",
    patch: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "web",
      namespace: "apps",
      operations: [
        { op: "remove", path: "/spec/replicas" },
        { op: "remove", path: "/nope" },
      ],
    },
    expected: untouched,
  },
  {
    name: "operations with an empty namespace match only cluster-scoped objects",
    patch: { apiVersion: "apps/v1", kind: "Deployment", name: "web", operations: [{ op: "remove", path: "/spec" }] },
    expected: untouched,
  },
];

const ref = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace: "apps", name });
const ignoring = async (name?: string, namespace = "apps") => {
  const patch = { apiVersion: "v1", kind: "ConfigMap", namespace, operations: [{ op: "ignore" }] };
  const patches = [name === undefined ? patch : { ...patch, name }];
  return ignoreRules(patches, await nameExpressions(patches));
};

describe("ignoreRules", () => {
  test.each(cases)("$name", ({ patch, expected }) => {
    const { apiVersion, kind, metadata } = object;
    expect(ignoreRules([patch]).apply(object)).toEqual({ apiVersion, kind, metadata, ...expected });
  });

  test("never takes away what makes an object", () => {
    const patch = { apiVersion: "apps/v1", kind: "Deployment", jsonPointers: ["/metadata", "/kind"] };
    expect(ignoreRules([patch]).apply(object)).toEqual(object);
  });

  test.each([
    { name: "a", missing: "a", ignored: true },
    { name: "a", missing: "web-a", ignored: true },
    { name: "b", missing: "a", ignored: false },
    { name: "^tmp-[0-9]+$", missing: "tmp-12", ignored: true },
    { name: "^tmp-[0-9]+$", missing: "other", ignored: false },
    { name: "^(web|api)-(blue|green)+$", missing: "api-green", ignored: true },
    { name: "(a+)+$", missing: `${"a".repeat(250)}!`, ignored: false },
    { name: undefined, missing: "anything", ignored: true },
    { name: "x(", missing: "x(", ignored: false },
  ])("says $ignored of a missing $missing with the name $name", async ({ name, missing, ignored }) => {
    expect((await ignoring(name)).ignoresMissing(ref(missing))).toBe(ignored);
  });

  test("ignores a missing object of the very namespace only", async () => {
    expect((await ignoring(undefined)).ignoresMissing({ ...ref("x"), namespace: "other" })).toBe(false);
    expect((await ignoring("x", "")).ignoresMissing(ref("x"))).toBe(false);
    expect((await ignoring("x", "")).ignoresMissing({ ...ref("x"), namespace: "" })).toBe(true);
  });
});
