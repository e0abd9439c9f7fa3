import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodecError } from "../../../codec/codec-error.ts";
import { parseFirstYaml, parseYaml } from "../../../codec/parse-yaml.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { printJson } from "../../../codec/print-json.ts";
import { anyJson } from "./any-json.ts";

describe("parseYaml", () => {
  it("splits documents as kubectl does and leaves out those without content", () => {
    const text = "---\n# nothing\n---\na: 1\n--- # next\nb: |\n  x\n  ---\n...\n---\n---\n- c\n";
    expect(parseYaml(text).map(({ value }) => value)).toEqual([{ a: 1 }, { b: "x\n---\n" }, ["c"]]);
  });

  it("keeps a document that says null", () => {
    expect(parseYaml("~\n---\nnull\n").map(({ value }) => value)).toEqual([null, null]);
  });

  it("reads YAML 1.1 booleans, Go's integers and int64 without loss", () => {
    const [document] = parseYaml(
      "yes: no\nb: [0777, 0o17, 0x1F, 0b11, 1_000, 9223372036854775807, 1e3, .5, 1:30, 08]\n",
    );
    expect(document?.value).toEqual({
      true: false,
      b: [511, 15, 31, 3, 1000, 9223372036854775807n, 1000, 0.5, "1:30", 8],
    });
  });

  it("lets a merge key override what stands before it, as go-yaml does", () => {
    const [document] = parseYaml("a: &a {x: 1, w: 2}\nb:\n  x: 0\n  <<: *a\n  w: 3\n");
    expect(document?.value).toEqual({ a: { x: 1, w: 2 }, b: { x: 1, w: 3 } });
    expect(document?.duplicateKeys).toEqual([]);
  });

  it("takes the last of duplicate keys and says where it stands", () => {
    const [document] = parseYaml("a:\n  - b: 1\n    c: 2\n    b: 3\n1: x\n'1': z\n");
    expect(document?.value).toEqual({ a: [{ b: 3, c: 2 }], 1: "z" });
    expect(document?.duplicateKeys).toEqual([
      { path: ["a", 0, "b"], line: 4, column: 5 },
      { path: ["1"], line: 6, column: 1 },
    ]);
  });

  it("knows where every entry stands: keys, list items, through aliases and merge keys", () => {
    const text =
      "# first\nbase: &b\n  x: 1\n---\nbase: &b\n  x: [1, {w: 2}]\nlist:\n  - one\n  -   two\nother:\n  <<: *b\n  z: 3\nagain: *b\n";
    const document = parseYaml(text)[1];
    const at = (...path: (string | number)[]): string => {
      const position = document?.positionOf(path);
      return position === undefined ? "none" : `${position.line}:${position.column}`;
    };
    expect([at(), at("base"), at("base", "x"), at("base", "x", 1, "w"), at("list", 1)]).toEqual([
      "5:1",
      "5:1",
      "6:3",
      "6:11",
      "9:7",
    ]);
    expect([at("other", "x"), at("other", "z"), at("again", "x", 0), at("nope"), at("list", 2)]).toEqual([
      "6:3",
      "12:3",
      "6:7",
      "none",
      "none",
    ]);
  });

  it.each([
    { name: "a wrong indentation", text: "a: 1\n---\nb:\n  c: 1\n   d: 2\n", line: 5, column: 5 },
    { name: "a tab as indentation", text: "a:\n\tb: 1\n", line: 2, column: 1 },
    { name: "a quote without an end", text: 'a: "b\n', line: 1, column: 4 },
    { name: "an unknown anchor", text: "a: 1\nb: *x\n", line: 2, column: 4 },
    { name: "an anchor that contains itself", text: "a: &a [*a]", line: 1, column: 8 },
    { name: "null as a key", text: "a:\n  ~: 1", line: 2, column: 3 },
    { name: "a mapping as a key", text: "{a: {{b: c}: d}}", line: 1, column: 6 },
    { name: "infinity", text: "a: .inf", line: 1, column: 4 },
    { name: "a control character", text: "a: b\u0000", line: 1, column: 5 },
    { name: "an open bracket", text: "a: [b,\n  c", line: 2, column: 4 },
    { name: "text behind the separator", text: "a: 1\n--- b\n", line: 2, column: 4 },
    { name: "a Helm template without quotes", text: "a: {{ .x }}", line: 1, column: 5 },
    { name: "a bad tag", text: "a: !!int b", line: 1, column: 4 },
  ])("names line and column of $name", ({ text, line, column }) => {
    expect(() => parseYaml(text, { file: "f.yaml" })).toThrow(
      expect.objectContaining({ file: "f.yaml", line, column }),
    );
  });

  it("refuses aliases that expand without measure, quickly", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}, *a${level}]`,
    );
    expect(() => parseYaml(`a0: &a0 [x, x, x]\n${levels.join("\n")}\n`)).toThrow(/aliases/);
  });

  it.each([
    ["[", ""],
    ["{a: ", ""],
    ["- ", "x"],
    ["? ", "x"],
  ])("refuses nesting of %j without end instead of running out of stack", (open, end) => {
    expect(() => parseYaml(open.repeat(20_000) + end)).toThrow(CodecError);
  });

  it("does not reach prototypes", () => {
    const [document] = parseYaml("__proto__: {a: 1}\nb: {<<: {__proto__: {c: 2}}}\n");
    expect(Object.getPrototypeOf(document?.value)).toBe(Object.prototype);
    expect(printJson(document?.value)).toBe('{"__proto__":{"a":1},"b":{"__proto__":{"c":2}}}');
  });

  it("reads what Go prints, whatever the value", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parseFirstYaml(printGoYaml(value))?.value ?? null).toEqual(value);
      }),
    );
  });

  it("reads JSON as it is", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = printJson({ value }, { indent: 2 });
        fc.pre(!/[\u007f-\u009f\ufeff\ufffe\uffff\u2028\u2029]/.test(text));
        expect(parseFirstYaml(text)?.value).toEqual({ value });
      }),
    );
  });

  it("never fails other than by saying where", () => {
    const pieces = [
      "a",
      "1",
      ": ",
      "- ",
      "\n",
      "  ",
      "[",
      "]",
      "{",
      "}",
      ",",
      "'",
      '"',
      "&a ",
      "*a",
      "!!int ",
      "|",
      ">",
      "#",
      "? ",
      "---\n",
      "<<",
      "\t",
      "%",
      "\\",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        expect(faultOf(parts.join(""))).toSatisfy((fault) => fault === undefined || fault instanceof CodecError);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("parseFirstYaml", () => {
  it("reads the first document only, as fleet.yaml is read", () => {
    expect(parseFirstYaml("--- # c\na: 1\n---\n{{ not YAML")?.value).toEqual({ a: 1 });
    expect(parseFirstYaml("--- {a: 1}\n")?.value).toEqual({ a: 1 });
    expect(parseFirstYaml("# nothing\n")).toBeUndefined();
    expect(parseFirstYaml("---\n---\na: 1\n")).toBeUndefined();
  });
});

function faultOf(text: string): unknown {
  try {
    parseYaml(text);
    return undefined;
  } catch (error) {
    return error;
  }
}
