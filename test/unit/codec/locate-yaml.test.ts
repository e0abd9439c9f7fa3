import { expect, it } from "vitest";
import { locateYaml } from "../../../codec/locate-yaml.ts";

const text = `a: 1
b:
  - x: 'q'
    y: [1, 2]
  # a comment
  - z
c: |
  foo
  bar
d:
e: {f: 1, g: 2} # more
a: 5 # the last counts
# end
`;

const cases = [
  { name: "the last of two keys", path: ["a"], found: ["a: ", "5"] },
  { name: "a quoted text", path: ["b", 0, "x"], found: ["x: ", "'q'"] },
  { name: "an item of a flow list", path: ["b", 0, "y", 1], found: ["", "2"] },
  { name: "an item after a comment", path: ["b", 1], found: ["", "z"] },
  { name: "a block of text", path: ["c"], found: ["c: ", "|\n  foo\n  bar"] },
  { name: "a key without a value", path: ["d"], found: ["d:\n", ""] },
  { name: "a member of a flow map", path: ["e", "g"], found: ["g: ", "2"] },
];

it.each(cases)("finds $name, from its key on", ({ path, found }) => {
  const range = locateYaml(text, path);
  expect(range && [text.slice(range.key, range.start), text.slice(range.start, range.end)]).toEqual(found);
});

it("finds nothing where nothing is, nor in what is no YAML", () => {
  expect(locateYaml(text, ["b", 7])).toBeUndefined();
  expect(locateYaml(text, ["a", "b"])).toBeUndefined();
  expect(locateYaml("a: [", ["a"])).toBeUndefined();
});
