import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { composeYaml } from "../../../codec/yaml/compose-yaml.ts";
import { readSimpleYaml } from "../../../codec/yaml/read-simple-yaml.ts";
import { anyJson } from "./any-json.ts";
import { edit, edits, manifest } from "./spoiled-yaml.ts";

/** What is read simply has to be what the whole grammar makes of it, without a fault and without a key given twice. */
function isSame(text: string): boolean {
  const simple = readSimpleYaml(text);
  if (simple === undefined) return true;
  const whole = composeYaml(text);
  return isDeepStrictEqual(whole?.value, simple) && whole?.duplicates.length === 0;
}

describe("readSimpleYaml", () => {
  it("reads manifests as charts write them", () => {
    expect(readSimpleYaml(manifest)).toEqual(composeYaml(manifest)?.value);
    expect(readSimpleYaml(manifest)).toMatchObject({
      metadata: {
        annotations: { description: "A text that goes on for more than a line, and\nhas an empty one in it" },
      },
      spec: { paused: false, template: { spec: { containers: [{ args: ["--port", "8080"] }, { nothing: null }] } } },
    });
  });

  it("reads most of what Go prints", () => {
    const value = { a: [1, "x", { b: null }], "example.com/c": "true", d: { e: "two\nlines\n" } };
    expect(readSimpleYaml(printGoYaml(value))).toEqual(value);
  });

  it.each([
    ["several documents", "a: 1\n---\nb: 2\n"],
    ["a key given twice", "a: 1\na: 2\n"],
    ["an anchor", "a: &x 1\nb: *x\n"],
    ["a tag", "a: !!str 1\n"],
    ["a merge key", "a: {}\n<<: {b: 1}\n"],
    ["a tab", "a:\t1\n"],
    ["a colon too many", "a: b: c\n"],
    ["a line that is indented wrongly", "a:\n    b: 1\n  c: 2\n"],
    ["a number that JSON has not", "a: .inf\n"],
    ["nothing", "# only a comment\n"],
  ])("leaves to the whole grammar: %s", (_, text) => {
    expect(readSimpleYaml(text)).toBeUndefined();
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
