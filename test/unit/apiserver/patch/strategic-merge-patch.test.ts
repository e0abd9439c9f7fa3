import { describe, expect, it } from "vitest";
import { strategicMergePatch } from "../../../../apiserver/patch/strategic-merge-patch.ts";
import { ApiError } from "../../../../apiserver/resources/api-error.ts";
import { builtInSchemas } from "../../../../apiserver/resources/built-in-schemas.ts";
import type { KindSchema } from "../../../../apiserver/resources/open-api-schema.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";

function podSchema(): KindSchema {
  const schema = builtInSchemas().forKind("", "v1", "Pod");
  if (schema === undefined) throw new Error("no schema for Pod");
  return schema;
}

const containers = [
  {
    name: "a",
    image: "1",
    env: [
      { name: "X", value: "1" },
      { name: "Y", value: "2" },
    ],
    args: ["p"],
  },
  { name: "b", image: "2" },
];
const spec: JsonObject = { containers, tolerations: [{ key: "t" }], nodeSelector: { n: "1" } };

interface Case {
  readonly name: string;
  readonly patch: JsonObject;
  readonly result: JsonObject;
}

const cases: readonly Case[] = [
  {
    name: "merges items by name, the patched ones first",
    patch: {
      containers: [
        { name: "b", image: "3" },
        { name: "c", image: "4" },
      ],
    },
    result: { ...spec, containers: [containers[0] ?? {}, { name: "b", image: "3" }, { name: "c", image: "4" }] },
  },
  {
    name: "merges lists inside items and replaces lists without a merge key",
    patch: { containers: [{ name: "a", env: [{ name: "Y", value: "3" }], args: ["q"] }] },
    result: {
      ...spec,
      containers: [
        {
          name: "a",
          image: "1",
          env: [
            { name: "X", value: "1" },
            { name: "Y", value: "3" },
          ],
          args: ["q"],
        },
        { name: "b", image: "2" },
      ],
    },
  },
  {
    name: "replaces atomic lists",
    patch: { tolerations: [{ key: "u" }] },
    result: { ...spec, tolerations: [{ key: "u" }] },
  },
  {
    name: "deletes an item",
    patch: { containers: [{ name: "a", $patch: "delete" }] },
    result: { ...spec, containers: [{ name: "b", image: "2" }] },
  },
  {
    name: "replaces a list that it is told to replace",
    patch: { containers: [{ name: "z", image: "9" }, { $patch: "replace" }] },
    result: { ...spec, containers: [{ name: "z", image: "9" }] },
  },
  {
    name: "removes with null",
    patch: { nodeSelector: { n: null, m: "2" } },
    result: { ...spec, nodeSelector: { m: "2" } },
  },
  { name: "empties an object", patch: { nodeSelector: { $patch: "delete" } }, result: { ...spec, nodeSelector: {} } },
  {
    name: "replaces an object",
    patch: { nodeSelector: { $patch: "replace", m: "2" } },
    result: { ...spec, nodeSelector: { m: "2" } },
  },
  {
    name: "orders items as it is told",
    patch: { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }], containers: [{ name: "b", image: "5" }] },
    result: { ...spec, containers: [{ name: "b", image: "5" }, containers[0] ?? {}] },
  },
  {
    name: "drops nulls and deletions from what is new",
    patch: {
      volumes: [
        { name: "v", emptyDir: { medium: null } },
        { name: "w", $patch: "delete" },
      ],
    },
    result: { ...spec, volumes: [{ name: "v", emptyDir: {} }] },
  },
];

describe("strategicMergePatch", () => {
  it.each(cases)("$name", ({ patch, result }) => {
    expect(strategicMergePatch({ spec }, { spec: patch }, podSchema())).toEqual({ spec: result });
  });

  it("keeps only the fields of a union that the patch lists", () => {
    const document = { spec: { volumes: [{ name: "v", emptyDir: {} }] } };
    const volume = { name: "v", $retainKeys: ["name", "secret"], secret: { secretName: "s" } };
    const patched = strategicMergePatch(document, { spec: { volumes: [volume] } }, podSchema());
    expect(patched).toEqual({ spec: { volumes: [{ name: "v", secret: { secretName: "s" } }] } });
  });

  it("deletes items of a list of scalars, and adds each only once", () => {
    const document = { metadata: { finalizers: ["a", "b", "c"] } };
    const deleted = strategicMergePatch(
      document,
      { metadata: { "$deleteFromPrimitiveList/finalizers": ["b"] } },
      podSchema(),
    );
    const added = strategicMergePatch(document, { metadata: { finalizers: ["c", "d"] } }, podSchema());
    expect([deleted, added]).toEqual([
      { metadata: { finalizers: ["a", "c"] } },
      { metadata: { finalizers: ["a", "b", "c", "d"] } },
    ]);
  });

  it.each([
    { patch: { containers: [{ image: "x" }] }, message: "map: map[image:x] does not contain declared merge key: name" },
    { patch: { nodeSelector: { $patch: "foo" } }, message: "unknown patch type: foo in map: map[$patch:foo]" },
    { patch: { nodeSelector: { $retainKeys: ["a"], b: "1" } }, message: "invalid patch format of retainKeys" },
  ])("refuses with $message", ({ patch, message }) => {
    expect(() => strategicMergePatch({ spec }, { spec: patch }, podSchema())).toThrow(
      new ApiError("Unknown", message).message,
    );
  });
});
