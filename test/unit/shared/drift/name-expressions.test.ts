import { describe, expect, it } from "vitest";
import { nameExpressions } from "../../../../shared/drift/name-expressions.ts";

const names = [
  "a",
  "tmp-12",
  "suse-observability",
  "web.v1.example.com",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
  "WEB-server",
  "system:node-proxier",
  "rolle-ä",
  "x(",
  "a.b",
  "abcabc",
  "fleet-agent-7d9f8b6c5d-x2k4q",
  "K8s",
];

/** What Go 1.26's `regexp` says of each name (`regexp.Compile`, `MatchString`), as Fleet asks it. */
const valid = [
  {
    expression: "a",
    matches: [
      "a",
      "suse-observability",
      "web.v1.example.com",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
      "a.b",
      "abcabc",
      "fleet-agent-7d9f8b6c5d-x2k4q",
    ],
  },
  { expression: "^tmp-[0-9]+$", matches: ["tmp-12"] },
  { expression: "(a+)+$", matches: ["a"] },
  { expression: "(a|a)*$", matches: names },
  { expression: "(a|aa)+$", matches: ["a"] },
  {
    expression: "a*a*a*b",
    matches: ["suse-observability", "web.v1.example.com", "a.b", "abcabc", "fleet-agent-7d9f8b6c5d-x2k4q"],
  },
  { expression: ".*serv.*", matches: ["suse-observability", "WEB-server"] },
  { expression: "^(web|api)-", matches: [] },
  { expression: "(?i)^web-", matches: ["WEB-server"] },
  { expression: "(?i:server)$", matches: ["WEB-server"] },
  { expression: "\\d{2}", matches: ["tmp-12"] },
  { expression: "^\\w+-\\w+$", matches: ["tmp-12", "suse-observability", "WEB-server"] },
  { expression: "\\bserver\\b", matches: ["WEB-server"] },
  { expression: "^system:", matches: ["system:node-proxier"] },
  { expression: "(abc){2}", matches: ["abcabc"] },
  { expression: "(?P<n>abc)", matches: ["abcabc"] },
  { expression: "(?<n>abc)", matches: ["abcabc"] },
  { expression: "a{1000}", matches: [] },
  { expression: "[[:alpha:]]+\\.[[:alpha:]]", matches: ["web.v1.example.com", "a.b"] },
  { expression: "\\p{L}+", matches: names },
  { expression: "\\p{Letter}", matches: names },
  { expression: "\\pN", matches: ["tmp-12", "web.v1.example.com", "fleet-agent-7d9f8b6c5d-x2k4q", "K8s"] },
  { expression: "ä$", matches: ["rolle-ä"] },
  { expression: "[^a-z]", matches: names.filter((name) => !["a", "abcabc"].includes(name)) },
  { expression: "\\z", matches: names },
  { expression: "\\Q.\\E", matches: ["web.v1.example.com", "a.b"] },
  { expression: ".", matches: names },
  { expression: "^.$", matches: ["a"] },
  { expression: "[0-9a-f]{8,10}-[a-z0-9]{5}$", matches: ["fleet-agent-7d9f8b6c5d-x2k4q"] },
  { expression: "|", matches: names },
  { expression: "$^", matches: [] },
  { expression: "(?i)k8s", matches: ["K8s"] },
  { expression: "\\x{e4}", matches: ["rolle-ä"] },
  { expression: "(?i)ROLLE-Ä", matches: ["rolle-ä"] },
  { expression: "]", matches: [] },
  { expression: "{", matches: [] },
  { expression: "a{,2}", matches: [] },
];

/** What Go refuses. */
const invalid = [
  { expression: "(", error: "error parsing regexp: missing closing ): `(`" },
  { expression: "x(", error: "error parsing regexp: missing closing ): `x(`" },
  { expression: "(abc)\\1", error: "error parsing regexp: invalid escape sequence: `\\1`" },
  { expression: "(?=a)", error: "error parsing regexp: invalid or unsupported Perl syntax: `(?=`" },
  { expression: "(?<!a)b", error: "error parsing regexp: invalid named capture: `(?<!a)b`" },
  { expression: "a{1001}", error: "error parsing regexp: invalid repeat count: `{1001}`" },
  { expression: "((a{100}){100}){100}", error: "error parsing regexp: invalid repeat count: `{100}`" },
  { expression: "[[:foo:]]", error: "error parsing regexp: invalid character class range: `[:foo:]`" },
  { expression: "\\p{Foo}", error: "error parsing regexp: invalid character class range: `\\p{Foo}`" },
  { expression: "[z-a]", error: "error parsing regexp: invalid character class range: `z-a`" },
  { expression: "*", error: "error parsing regexp: missing argument to repetition operator: `*`" },
  { expression: "a**", error: "error parsing regexp: invalid nested repetition operator: `**`" },
  { expression: "\\", error: "error parsing regexp: trailing backslash at end of expression: ``" },
  { expression: "\\Z", error: "error parsing regexp: invalid escape sequence: `\\Z`" },
  { expression: "(?x)a", error: "error parsing regexp: invalid or unsupported Perl syntax: `(?x`" },
  { expression: "\\h", error: "error parsing regexp: invalid escape sequence: `\\h`" },
  { expression: "\\8", error: "error parsing regexp: invalid escape sequence: `\\8`" },
  { expression: "[", error: "error parsing regexp: missing closing ]: `[`" },
  { expression: "(?:", error: "error parsing regexp: missing closing ): `(?:`" },
];

const ignoring = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", name, operations: [{ op: "ignore" }] });

describe("nameExpressions", () => {
  it.each(valid)("reads $expression as Go does", async ({ expression, matches }) => {
    const find = (await nameExpressions([ignoring(expression)]))(expression);
    expect(names.filter((name) => find?.(name))).toEqual(matches);
  });

  it.each(invalid)("has nothing for $expression, as Go: $error", async ({ expression }) => {
    expect((await nameExpressions([ignoring(expression)]))(expression)).toBeUndefined();
  });

  it("takes time linear to the name, whatever the expression", async () => {
    const hostile = ["((a|a)*)*b", "(.*a){30}b", "(.*){1000}b", "((a?){30}){30}b", "(?:a?){500}a{500}"];
    const expressions = await nameExpressions(hostile.map(ignoring));
    const name = `${"a".repeat(253)}!`;
    const before = process.cpuUsage();
    expect(hostile.map((expression) => expressions(expression)?.(name))).toEqual(hostile.map(() => false));
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  });

  it("knows only the names of entries that ignore", async () => {
    const expressions = await nameExpressions([{ apiVersion: "v1", kind: "ConfigMap", name: "a.*" }, ignoring("b.*")]);
    expect(expressions("a.*")).toBeUndefined();
    expect(expressions("b.*")?.("abc")).toBe(true);
    expect(expressions("b")?.("abc")).toBe(true);
  });
});
