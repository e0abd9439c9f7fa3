import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { rescanSimpleYaml } from "../../../codec/yaml/rescan-simple-yaml.ts";
import { scanSimpleYaml } from "../../../codec/yaml/scan-simple-yaml.ts";
import { anyJson } from "./any-json.ts";
import { edit, edits, manifest } from "./spoiled-yaml.ts";

/** What is found beside another text has to be what is found alone; true where the other text is no simple one. */
function isSame(old: string, text: string): boolean {
  const entries = scanSimpleYaml(old);
  if (entries === undefined) return true;
  expect(rescanSimpleYaml(text, { text: old, entries, isLikeLast: false })?.entries).toEqual(scanSimpleYaml(text));
  return true;
}

/** Words as values hold them, and what has a meaning of its own in the one place or the other. */
const words = fc.constantFrom(
  ...'§1§4096§web§a:b§a: b§a:§a #b§a#b§"x"§"x: y"§"x #y"§"x\\ny"§\'x\'§"§null§~§{}§[]§["a"]§|§|-§> x§&a b§*a§!t b'.split(
    "§",
  ),
  ..."- x§-§---§...§-1§.inf§1e999§x\n§\n§ x§x §ä§\t§a: 1\nb: 2§x\n  y§http://host:80/p?q=1#r§key: value§%x§@x§`x".split(
    "§",
  ),
);

/** Returns a text with words of its lines replaced, chosen by numbers: those behind keys and dashes, and others. */
function replaceWords(text: string, changes: readonly (readonly [number, string])[]): string {
  let changed = text;
  for (const [at, word] of changes) {
    const found = [...changed.matchAll(/[^\s:"]+|"[^"\n]*"/gu)];
    const match = found[at % Math.max(found.length, 1)];
    if (match !== undefined)
      changed = changed.slice(0, match.index) + word + changed.slice(match.index + match[0].length);
  }
  return changed;
}

const replacements = fc.array(fc.tuple(fc.nat(), words), { minLength: 1, maxLength: 4 });

describe("rescanSimpleYaml", () => {
  it("finds entries where they have moved to", () => {
    const old = 'a: 1\nb:\n  c: "x"\n  d: y\ne:\n- f\n';
    const text = 'a: 100\nb:\n  c: ""\n  d: yes\ne:\n- g\n';
    const entries = scanSimpleYaml(old) ?? [];
    const found = rescanSimpleYaml(text, { text: old, entries, isLikeLast: false });
    expect(found?.isLikeLast).toBe(true);
    expect(found?.entries).toEqual([
      { key: "a", start: 0, end: 7 },
      { key: "b", start: 7, end: 27 },
      { key: "e", start: 27, end: 34 },
    ]);
  });

  it.each([
    ["a text in quotes that is one only at the start of a value", 'a: b\n  "c"\n', 'a: b\n  "c: d"\n'],
    ["a line that goes on, below a word that is in quotes now", "a: b\n  c\n", 'a: "b"\n  c\n'],
    ["a key given twice", "a: 1\nb: 2\n", "a: 1\na: 2\n"],
    ["an end without a line break", "a: b\n", "a: c"],
    ["more lines than before", "a: b\n", "a: c\nd: e\n"],
    ["a line less", "a: b\nc: d\n", "a: b\n"],
    ["a word that begins a block", "a: b\n", "a: |\n"],
    ["a comment", "a: b\n", "a: b #c\n"],
  ])("takes nothing for granted: %s", (_, old, text) => {
    expect(isSame(old, text)).toBe(true);
  });

  it("agrees with a scan about manifests with other words", () => {
    const property = fc.property(edits, replacements, (spoiled, changes) => {
      const old = edit(manifest, spoiled);
      return isSame(manifest, replaceWords(manifest, changes)) && isSame(old, replaceWords(old, changes));
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject({ failed: false, counterexample: null });
  });

  it("agrees with a scan about any printed value with other words", () => {
    const property = fc.property(anyJson, replacements, edits, (value, changes, spoiled) => {
      const old = printGoYaml(value);
      const text = replaceWords(old, changes);
      return isSame(old, text) && isSame(old, edit(text, spoiled));
    });
    expect(fc.check(property, { numRuns: 1500 })).toMatchObject({ failed: false, counterexample: null });
  });
});
