import { describe, expect, it } from "vitest";
import { jsonPatch } from "../../../../apiserver/patch/json-patch.ts";
import { ApiError } from "../../../../apiserver/resources/api-error.ts";
import type { JsonObject, JsonValue } from "../../../../codec/json-value.ts";

const document: JsonObject = { a: { b: "c" }, list: ["x", "y", { z: 1 }], "a/b": 1, "m~n": 2 };

interface Case {
  readonly name: string;
  readonly operations: readonly JsonObject[];
  readonly result: JsonObject;
}

const cases: readonly Case[] = [
  { name: "adds a field", operations: [{ op: "add", path: "/n", value: 1 }], result: { ...document, n: 1 } },
  {
    name: "adds before an item and at the end",
    operations: [
      { op: "add", path: "/list/1", value: "new" },
      { op: "add", path: "/list/-", value: "last" },
    ],
    result: { ...document, list: ["x", "new", "y", { z: 1 }, "last"] },
  },
  {
    name: "removes an item counted from the end",
    operations: [{ op: "remove", path: "/list/-1" }],
    result: { ...document, list: ["x", "y"] },
  },
  {
    name: "replaces inside an item",
    operations: [{ op: "replace", path: "/list/2/z", value: 2 }],
    result: { ...document, list: ["x", "y", { z: 2 }] },
  },
  {
    name: "reads ~1 and ~0 in pointers",
    operations: [
      { op: "remove", path: "/a~1b" },
      { op: "replace", path: "/m~0n", value: 3 },
    ],
    result: { a: { b: "c" }, list: ["x", "y", { z: 1 }], "m~n": 3 },
  },
  {
    name: "moves",
    operations: [{ op: "move", from: "/a/b", path: "/list/0" }],
    result: { ...document, a: {}, list: ["c", "x", "y", { z: 1 }] },
  },
  { name: "copies", operations: [{ op: "copy", from: "/a", path: "/d" }], result: { ...document, d: { b: "c" } } },
  { name: "goes on when a test holds", operations: [{ op: "test", path: "/a", value: { b: "c" } }], result: document },
  {
    name: "finds null where there is no field",
    operations: [{ op: "test", path: "/nope", value: null }],
    result: document,
  },
  { name: "replaces the whole document", operations: [{ op: "replace", path: "", value: { x: 1 } }], result: { x: 1 } },
];

const refused: readonly { readonly name: string; readonly operation: JsonObject }[] = [
  { name: "a field to remove that is not there", operation: { op: "remove", path: "/nope" } },
  { name: "a path through a missing field", operation: { op: "add", path: "/nope/x", value: 1 } },
  { name: "a path through a scalar", operation: { op: "add", path: "/a/b/c", value: 1 } },
  { name: "an index out of range", operation: { op: "replace", path: "/list/3", value: 1 } },
  { name: "an index that is none", operation: { op: "add", path: "/list/x", value: 1 } },
  { name: "a failed test", operation: { op: "test", path: "/a/b", value: "d" } },
  { name: "an unknown operation", operation: { op: "frobnicate", path: "/a" } },
  { name: "an operation without path", operation: { op: "remove" } },
  { name: "a document that is no object", operation: { op: "replace", path: "", value: [] } },
];

function refusal(operations: JsonValue): ApiError {
  try {
    jsonPatch(document, operations);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("jsonPatch", () => {
  it.each(cases)("$name", ({ operations, result }) => {
    expect(jsonPatch(document, operations)).toEqual(result);
  });

  it.each(refused)("refuses $name", ({ operation }) => {
    expect(refusal([operation])).toMatchObject({ code: 422, reason: "Invalid" });
  });

  it("leaves the document it was given alone", () => {
    const before = JSON.stringify(document);
    jsonPatch(document, [{ op: "remove", path: "/a/b" }]);
    expect(JSON.stringify(document)).toBe(before);
  });

  it("refuses what is no list of operations, and more than ten thousand", () => {
    expect(refusal({ op: "add" }).code).toBe(400);
    expect(refusal(Array.from({ length: 10_001 }, () => ({ op: "test", path: "/x" }))).code).toBe(413);
  });
});
