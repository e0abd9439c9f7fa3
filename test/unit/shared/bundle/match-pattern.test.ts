import { describe, expect, it } from "vitest";

import { matchPattern } from "../../../../shared/bundle/match-pattern.ts";

// The table of Go's own filepath.Match tests (path/filepath, match_test.go), in our words.
describe("matchPattern", () => {
  it.each([
    ["abc", "abc", true],
    ["*", "abc", true],
    ["*c", "abc", true],
    ["a*", "a", true],
    ["a*", "ab/c", false],
    ["a*/b", "abc/b", true],
    ["a*/b", "a/c/b", false],
    ["a*b*c*d*e*/f", "axbxcxdxe/f", true],
    ["a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false],
    ["ab[c]", "abc", true],
    ["ab[b-d]", "abc", true],
    ["ab[e-g]", "abc", false],
    ["ab[^c]", "abc", false],
    ["ab[^e-g]", "abc", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "ab", false],
    ["a?b", "a☺b", true],
    ["a[^a]b", "a☺b", true],
    ["a???b", "a☺b", false],
    ["[a-ζ]*", "α", true],
    ["*[a-ζ]", "A", false],
    ["a?b", "a/b", false],
    ["a*b", "a/b", false],
    ["[\\]a]", "]", true],
    ["[\\-]", "-", true],
    ["[x\\-]", "x", true],
    ["*.yaml", "a.yaml", true],
    ["", "", true],
    ["", "a", false],
  ])("matches %j with %j as Go does: %j", (pattern, name, expected) => {
    expect(matchPattern(pattern, name)).toBe(expected);
  });

  it.each(["[]a]", "[-]", "[x-]", "[-x]", "[", "[^", "[^bc", "a[", "\\", "[\\", "bad-[x"])("refuses %j", (pattern) => {
    expect(() => matchPattern(pattern, "a")).toThrow(expect.objectContaining({ code: "PATTERN_INVALID" }));
  });
});
