import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonPatchError, applyJsonPatch } from "../../../../../shared/render/overlays/json-patch.ts";
import { mergePatch } from "../../../../../shared/render/overlays/merge-patch.ts";
import { anyJson } from "../../../codec/any-json.ts";

describe("applyJsonPatch", () => {
  const document = { a: { b: [1, 2, 3] }, "x/y": { "m~n": 1 } };

  it.each([
    { name: "adds a member", patch: { op: "add", path: "/c", value: null }, result: { ...document, c: null } },
    {
      name: "adds to a list",
      patch: { op: "add", path: "/a/b/1", value: 9 },
      result: { ...document, a: { b: [1, 9, 2, 3] } },
    },
    {
      name: "adds at a list's end",
      patch: { op: "add", path: "/a/b/-", value: 9 },
      result: { ...document, a: { b: [1, 2, 3, 9] } },
    },
    { name: "removes an item", patch: { op: "remove", path: "/a/b/0" }, result: { ...document, a: { b: [2, 3] } } },
    {
      name: "counts from the end",
      patch: { op: "remove", path: "/a/b/-1" },
      result: { ...document, a: { b: [1, 2] } },
    },
    { name: "replaces the whole", patch: { op: "replace", path: "", value: 1 }, result: 1 },
    {
      name: "reads escapes",
      patch: { op: "replace", path: "/x~1y/m~0n", value: 2 },
      result: { ...document, "x/y": { "m~n": 2 } },
    },
    {
      name: "moves",
      patch: { op: "move", from: "/a/b", path: "/c" },
      result: { a: {}, "x/y": { "m~n": 1 }, c: [1, 2, 3] },
    },
    { name: "copies", patch: { op: "copy", from: "/a/b/0", path: "/c" }, result: { ...document, c: 1 } },
    { name: "tests", patch: { op: "test", path: "/a/b", value: [1, 2, 3] }, result: document },
  ])("$name", ({ patch, result }) => {
    expect(applyJsonPatch(document, [patch])).toEqual(result);
  });

  it.each([
    { name: "a missing member", patch: { op: "remove", path: "/nope" } },
    { name: "a place below nothing", patch: { op: "add", path: "/nope/x", value: 1 } },
    { name: "an index behind the end", patch: { op: "add", path: "/a/b/4", value: 1 } },
    { name: "a failed test", patch: { op: "test", path: "/a/b/0", value: 2 } },
    { name: "replacing what is not there", patch: { op: "replace", path: "/nope", value: 1 } },
    { name: "an unknown operation", patch: { op: "merge", path: "/a" } },
    { name: "a path without a slash", patch: { op: "remove", path: "a" } },
    { name: "a missing value", patch: { op: "add", path: "/a" } },
    { name: "a prototype's member", patch: { op: "copy", from: "/constructor", path: "/c" } },
    { name: "something that is no map", patch: "add" },
  ])("refuses $name", ({ patch }) => {
    expect(() => applyJsonPatch(document, [patch])).toThrow(JsonPatchError);
  });

  it("undoes an addition by removing it", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (inside, value) => {
        const added = applyJsonPatch({ inside }, [{ op: "add", path: "/new", value }]);
        expect(
          applyJsonPatch(added, [
            { op: "test", path: "/new", value },
            { op: "remove", path: "/new" },
          ]),
        ).toEqual({ inside });
      }),
    );
  });
});

describe("mergePatch", () => {
  it("follows the examples of RFC 7386", () => {
    expect(mergePatch({ a: "b", c: { d: "e", f: "g" } }, { a: "z", c: { f: null } })).toEqual({
      a: "z",
      c: { d: "e" },
    });
    expect(mergePatch({ a: [{ b: "c" }] }, { a: [1] })).toEqual({ a: [1] });
    expect(mergePatch(["a"], { a: { bb: { ccc: null } } })).toEqual({ a: { bb: {} } });
    expect(mergePatch({ e: null }, { a: 1 })).toEqual({ e: null, a: 1 });
  });

  it("applied twice gives what it gives once", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});
