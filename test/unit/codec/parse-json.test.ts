import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodecError } from "../../../codec/codec-error.ts";
import { maxJsonDepth, parseJson } from "../../../codec/parse-json.ts";
import { printJson } from "../../../codec/print-json.ts";
import { anyJson } from "./any-json.ts";

describe("parseJson", () => {
  it("keeps every digit of integers that a double cannot hold", () => {
    expect(parseJson('{"a":9007199254740993,"b":-12345678901234567890,"c":9007199254740991}')).toEqual({
      a: 9007199254740993n,
      b: -12345678901234567890n,
      c: 9007199254740991,
    });
  });

  it("keeps fractions and exponents as numbers, also long ones", () => {
    expect(parseJson("[1.5, 1e21, 12345678901234567890.5, 0.1234567890123456789]")).toEqual([
      1.5, 1e21, 12345678901234567000, 0.12345678901234568,
    ]);
  });

  it("takes the last of duplicate keys", () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it("makes an own member of __proto__", () => {
    const value = parseJson('{"__proto__":{"x":1}}');
    expect(Object.keys(value ?? {})).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it.each([
    { name: "a comma before the end", text: '{"a":1,\n }', line: 2, column: 2 },
    { name: "two values in a list without a comma", text: "[1 2]", line: 1, column: 4 },
    { name: "a number with a leading zero", text: '{"a":01}', line: 1, column: 7 },
    { name: "a string without an end", text: '["a', line: 1, column: 2 },
    { name: "an unknown escape", text: '["\\q"]', line: 1, column: 3 },
    { name: "a line break in a string", text: '["a\nb"]', line: 1, column: 4 },
    { name: "a bare word", text: "{a: 1}", line: 1, column: 2 },
    { name: "text behind the value", text: "{} x", line: 1, column: 4 },
    { name: "nothing at all", text: "", line: 1, column: 1 },
    { name: "an open bracket", text: '{"a":[', line: 1, column: 7 },
    { name: "a missing colon", text: '{"a" 1}', line: 1, column: 6 },
    { name: "the wrong bracket", text: "[1}", line: 1, column: 3 },
  ])("names line and column of $name", ({ text, line, column }) => {
    expect(() => parseJson(text, { file: "x.json" })).toThrow(
      expect.objectContaining({ file: "x.json", line, column }),
    );
  });

  it("refuses deeper nesting than it can walk, and takes what is just not that deep", () => {
    expect(() => parseJson(nested(maxJsonDepth + 1))).toThrow(CodecError);
    expect(parseJson(nested(maxJsonDepth))).toBeInstanceOf(Array);
    expect(parseJson(`["${"[".repeat(2000)}\\"${"[".repeat(2000)}"]`)).toHaveLength(1);
  });

  it("reads what printJson prints, whatever the value", () => {
    fc.assert(
      fc.property(anyJson, fc.constantFrom(0, 2), (value, indent) => {
        expect(parseJson(printJson(value, { indent }))).toEqual(value);
      }),
    );
  });

  it("accepts and refuses exactly what JSON.parse does", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      "1",
      "-",
      "0",
      ".5",
      "e3",
      "true",
      "null",
      " ",
      "\n",
      '"',
      "\\",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        expect(outcome(() => parseJson(text))).toEqual(outcome(() => JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });
});

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error instanceof CodecError || error instanceof SyntaxError ? "refused" : error;
  }
}
