import { describe, expect, it } from "vitest";
import { normalizeWords } from "../../../cli/normalize-words.ts";

const options = {
  quiet: { type: "boolean", description: "" },
  wait: { type: "string", bare: "watcher", description: "" },
  set: { type: "string", multiple: true, description: "" },
} as const;

describe("normalizeWords", () => {
  it.each([
    { name: "takes a switch with true as the switch", words: ["--quiet=true"], expected: ["--quiet"] },
    { name: "leaves out a switch with false", words: ["a", "--quiet=F", "b"], expected: ["a", "b"] },
    { name: "keeps a switch with something else, to be refused", words: ["--quiet=x"], expected: ["--quiet=x"] },
    { name: "gives an option its value where it has none", words: ["--wait", "x"], expected: ["--wait=watcher", "x"] },
    { name: "keeps a value", words: ["--wait=legacy", "--set", "a=b"], expected: ["--wait=legacy", "--set", "a=b"] },
    {
      name: "keeps what no option is",
      words: ["--constructor=true", "-q", "--"],
      expected: ["--constructor=true", "-q", "--"],
    },
    {
      name: "does not look behind --",
      words: ["--", "--quiet=false", "--wait"],
      expected: ["--", "--quiet=false", "--wait"],
    },
  ])("$name", ({ words, expected }) => {
    expect(normalizeWords(words, options)).toEqual(expected);
  });
});
