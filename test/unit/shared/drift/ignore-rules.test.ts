import { describe, expect, test } from "vitest";
import type { ComparePatch } from "../../../../shared/api/deployment-options.ts";
import { ignoreRules } from "../../../../shared/drift/ignore-rules.ts";
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
const rule = (name?: string) =>
  ignoreRules([
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace: "apps",
      ...(name === undefined ? {} : { name }),
      operations: [{ op: "ignore" }],
    },
  ]);
const named = (name: string) =>
  ignoreRules([{ apiVersion: "v1", kind: "ConfigMap", name, operations: [{ op: "ignore" }] }]);

describe("ignoreRules", () => {
  test.each(cases)("$name", ({ patch, expected }) => {
    const { apiVersion, kind, metadata } = object;
    expect(ignoreRules([patch]).apply(object)).toEqual({ apiVersion, kind, metadata, ...expected });
  });

  test("never takes away what makes an object", () => {
    const patch = { apiVersion: "apps/v1", kind: "Deployment", jsonPointers: ["/metadata", "/kind"] };
    expect(ignoreRules([patch]).apply(object)).toEqual(object);
  });

  test("ignores missing objects by name, expression or all of a namespace", () => {
    expect(rule("a").ignoresMissing(ref("a"))).toBe(true);
    expect(rule("^tmp-[0-9]+$").ignoresMissing(ref("tmp-12"))).toBe(true);
    expect(rule("^tmp-[0-9]+$").ignoresMissing(ref("other"))).toBe(false);
    expect(rule().ignoresMissing(ref("anything"))).toBe(true);
    expect(rule().ignoresMissing({ ...ref("x"), namespace: "other" })).toBe(false);
  });

  test("does not run expressions that could take for ever, nor broken ones", () => {
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "", name: `${"a".repeat(250)}!` };
    for (const name of ["(a+)+$", "(a|a)*$", "(", "a*a*a*b"]) expect(named(name).ignoresMissing(ref)).toBe(false);
  });
});
