import { describe, expect, it } from "vitest";
import { readIgnoreRules } from "../../../../helm/chart/helm-ignore.ts";

/** The table of Helm's own test (pkg/ignore/rules_test.go), and what its documentation adds. */
const cases: readonly [rule: string, path: string, isDirectory: boolean, ignored: boolean][] = [
  ["helm.txt", "helm.txt", false, true],
  ["helm.*", "helm.txt", false, true],
  ["helm.*", "rudder.txt", false, false],
  ["*.txt", "tiller.txt", false, true],
  ["*.txt", "cargo/a.txt", false, true],
  ["cargo/*.txt", "cargo/a.txt", false, true],
  ["cargo/*.*", "cargo/a.txt", false, true],
  ["cargo/*.txt", "mast/a.txt", false, false],
  ["ru[c-e]?er.txt", "rudder.txt", false, true],
  ["ru[^c-e]?er.txt", "rudder.txt", false, false],
  ["templates/.?*", "templates/.dotfile", false, true],
  [".*", ".joonix", false, true],
  [".*", "helm.txt", false, false],
  ["cargo/", "cargo", true, true],
  ["cargo/", "mast", true, false],
  ["helm.txt/", "helm.txt", false, false],
  ["!helm.txt", "helm.txt", false, false],
  ["!helm.txt", "tiller.txt", false, true],
  ["!*.txt", "cargo", true, true],
  ["!cargo/", "mast", true, true],
  ["/a.txt", "a.txt", false, true],
  ["/a.txt", "cargo/a.txt", false, false],
  ["/cargo/a.txt", "cargo/a.txt", false, true],
  ["# helm.txt", "helm.txt", false, false],
  [String.raw`\*.txt`, "a.txt", false, false],
  [String.raw`\*.txt`, "*.txt", false, true],
  ["", "templates/.hidden.yaml", false, true],
  ["", "templates/shown.yaml", false, false],
];

describe("readIgnoreRules", () => {
  it.each(cases.map(([rule, path, isDirectory, ignored]) => ({ rule, path, isDirectory, ignored })))(
    "says for `$rule` that ignoring $path is $ignored",
    ({ rule, path, isDirectory, ignored }) => {
      expect(readIgnoreRules(rule)(path, isDirectory)).toBe(ignored);
    },
  );

  it.each(["foo/**/bar", "[z-", "[]", "a\\"])("refuses the pattern %s", (pattern) => {
    expect(() => readIgnoreRules(pattern)).toThrow(/double-star|syntax error in pattern/);
  });

  it("compares a hostile pattern in linear time", () => {
    const matches = readIgnoreRules(`${"*a".repeat(30)}b`);
    const startMs = performance.now();
    expect(matches("a".repeat(5000), false)).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });
});
