import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject } from "../../../codec/json-value.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { composeYaml } from "../../../codec/yaml/compose-yaml.ts";
import { scanSimpleYaml } from "../../../codec/yaml/scan-simple-yaml.ts";
import { anyJson } from "./any-json.ts";
import { edit, edits, manifest } from "./spoiled-yaml.ts";

/** The entries that a scan finds have to be those of the document, each with its value, and the document without a fault. */
function isSame(text: string): boolean {
  const entries = scanSimpleYaml(text);
  if (entries === undefined) return true;
  const whole = composeYaml(text)?.value;
  if (!isJsonObject(whole) || Object.keys(whole).length !== entries.length) return false;
  return entries.every(({ start, end }) => {
    const own = composeYaml(text.slice(start, end))?.value;
    return isJsonObject(own) && Object.entries(own).every(([name, value]) => isDeepStrictEqual(whole[name], value));
  });
}

describe("scanSimpleYaml", () => {
  it("finds the entries of manifests as charts write them", () => {
    expect(scanSimpleYaml(manifest)?.map(({ key }) => key)).toEqual(["apiVersion", "kind", "metadata", "spec"]);
    expect(isSame(manifest)).toBe(true);
  });

  it("finds entries behind a marker, and below a line that is indented as all are", () => {
    const entries = scanSimpleYaml("---\n  a: 1\n  b:\n  - x\n  c: |+\n    d\n\n");
    expect(entries).toEqual([
      { key: "a", start: 4, end: 11 },
      { key: "b", start: 11, end: 22 },
      { key: "c", start: 22, end: 37 },
    ]);
  });

  it.each([
    ["several documents", "a: 1\n---\nb: 2\n"],
    ["a key given twice", "a: 1\na: 2\n"],
    ["an anchor", "a: &x 1\nb: *x\n"],
    ["a tag", "a: !!str 1\n"],
    ["a merge key", "a: {}\n<<: {b: 1}\n"],
    ["a tab", "a:\t1\n"],
    ["a colon too many", "a: b: c\n"],
    ["a colon too many on a second line", "a: b\n  c: d\n"],
    ["a line that is indented wrongly", "a:\n    b: 1\n  c: 2\n"],
    ["a line below a text", 'a: "b"\n  c\n'],
    ["dashes below a text", "a: b\n- c\n"],
    ["a number that JSON has not", "a: -.inf\n"],
    ["a key that JSON has not", "a:\n  null: 1\n"],
    ["a number too large for a key", "a:\n  99999999999999999999: 1\n"],
    ["a list", "- a\n- b\n"],
    ["a text", "a\n"],
    ["nothing", "# only a comment\n"],
  ])("leaves to the whole grammar: %s", (_, text) => {
    expect(scanSimpleYaml(text)).toBeUndefined();
  });

  it("agrees with the whole grammar about every manifest that somebody has spoiled", () => {
    const property = fc.property(edits, (changes) => isSame(edit(manifest, changes)));
    expect(fc.check(property, { numRuns: 3000 })).toMatchObject({ failed: false, counterexample: null });
  });

  it("agrees with the whole grammar about any printed value, spoiled or not", () => {
    const property = fc.property(anyJson, edits, (value, changes) => isSame(edit(printGoYaml(value), changes)));
    expect(fc.check(property, { numRuns: 1500 })).toMatchObject({ failed: false, counterexample: null });
  });
});
