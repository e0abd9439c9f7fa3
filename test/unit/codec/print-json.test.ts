import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printJson } from "../../../codec/print-json.ts";
import { sha256Hex, stableHash, stableJson } from "../../../codec/stable-hash.ts";
import { anyJson } from "./any-json.ts";

describe("printJson", () => {
  it("prints a bigint as its digits, with and without indentation", () => {
    expect(printJson({ a: [12345678901234567890n] })).toBe('{"a":[12345678901234567890]}');
    expect(printJson({ a: [1n], b: {}, c: [] }, { indent: 2 })).toBe(
      '{\n  "a": [\n    1\n  ],\n  "b": {},\n  "c": []\n}',
    );
  });

  it("sorts keys, also those that look like numbers", () => {
    expect(printJson({ b: 1, 10: 2, 9: 3, a: { d: 1, c: 2 } }, { sortKeys: true })).toBe(
      '{"10":2,"9":3,"a":{"c":2,"d":1},"b":1}',
    );
  });

  it("leaves out members that are undefined, as JSON.stringify does", () => {
    expect(printJson({ a: undefined, b: 1n, c: [undefined] })).toBe('{"b":1,"c":[null]}');
  });

  it("refuses a value that contains itself, with and without a bigint", () => {
    const loop: unknown[] = [1n];
    loop.push(loop);
    expect(() => printJson(loop)).toThrow(TypeError);
    expect(() => printJson(loop, { sortKeys: true })).toThrow(TypeError);
  });

  it("prints the same with its own printer as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 1, 2), (value, indent) => {
        const plain = JSON.stringify([value, "x"], undefined, indent);
        expect(printJson([value, 7n], { indent })).toBe(plain.replace(/"x"(\s*\])$/, "7$1"));
      }),
    );
  });
});

describe("stableHash", () => {
  it("is the same for equal values, whatever the order of their keys", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(stableJson(reverseKeys(value))).toBe(stableJson(value));
      }),
    );
    expect(stableHash({ a: 1, b: 2 })).toBe(sha256Hex('{"a":1,"b":2}'));
  });

  it("hashes a text as its UTF-8 bytes", () => {
    expect(sha256Hex("é")).toBe(sha256Hex(new TextEncoder().encode("é")));
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, member]) => [key, reverseKeys(member)]));
}
