import { describe, expect, it } from "vitest";
import { mergePatch } from "../../../../apiserver/patch/merge-patch.ts";
import { ApiError } from "../../../../apiserver/resources/api-error.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";

// The cases of RFC 7386, appendix A, that have an object for a document and for a patch.
const cases: readonly { readonly document: JsonObject; readonly patch: JsonObject; readonly result: JsonObject }[] = [
  { document: { a: "b" }, patch: { a: "c" }, result: { a: "c" } },
  { document: { a: "b" }, patch: { b: "c" }, result: { a: "b", b: "c" } },
  { document: { a: "b" }, patch: { a: null }, result: {} },
  { document: { a: "b", b: "c" }, patch: { a: null }, result: { b: "c" } },
  { document: { a: ["b"] }, patch: { a: "c" }, result: { a: "c" } },
  { document: { a: "c" }, patch: { a: ["b"] }, result: { a: ["b"] } },
  { document: { a: { b: "c" } }, patch: { a: { b: "d", c: null } }, result: { a: { b: "d" } } },
  { document: { a: [{ b: "c" }] }, patch: { a: [1] }, result: { a: [1] } },
  { document: { e: null }, patch: { a: 1 }, result: { e: null, a: 1 } },
  { document: {}, patch: { a: { bb: { ccc: null } } }, result: { a: { bb: {} } } },
];

describe("mergePatch", () => {
  it.each(cases)("makes $result of $document and $patch", ({ document, patch, result }) => {
    expect(mergePatch(document, patch)).toEqual(result);
  });

  it("drops nulls from objects inside a new list", () => {
    expect(mergePatch({}, { a: [{ b: null, c: 1 }, null] })).toEqual({ a: [{ c: 1 }, null] });
  });

  it("treats __proto__ as a field like any other", () => {
    const patch: JsonObject = JSON.parse('{"__proto__":{"x":1}}');
    expect(JSON.stringify(mergePatch({ a: 1 }, patch))).toBe('{"a":1,"__proto__":{"x":1}}');
  });

  it.each([[[1]], ["x"], [3], [null]])("refuses %j", (patch) => {
    expect(() => mergePatch({}, patch)).toThrow(ApiError);
  });
});
