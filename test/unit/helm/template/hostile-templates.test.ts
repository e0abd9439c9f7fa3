import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../../../helm/template/scope.ts";
import { TemplateLimitError } from "../../../../helm/template/template-error.ts";
import { renderText } from "./render-text.ts";

/** An eighth of what is counted by default; `test/integration/helm/render-limits.test.ts` has hostile charts with all of it. */
const counted = {
  steps: defaultLimits.steps / 8,
  outputBytes: defaultLimits.outputBytes / 8,
  depth: defaultLimits.depth,
};

/** Renders with these limits, and time enough; returns which of them ended it. */
function endOf(text: string): string {
  try {
    renderText(text, { limits: { ...counted, cpuMs: 60_000 } });
  } catch (error) {
    if (error instanceof TemplateLimitError) return error.limit;
    throw error;
  }
  return "none";
}

/** Returns the name of what rendering throws, `none` when nothing. */
function faultOf(text: string, data: unknown): string {
  try {
    renderText(text, { data });
    return "none";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

const forever = "range $i, $_ := until 1000000";
const doubledMap = '{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}';

describe("a hostile template ends by what is counted, long before the clock ends it", () => {
  it.each([
    ["loops in loops", `{{ ${forever} }}{{ ${forever} }}{{ range until 1000 }}{{ end }}{{ end }}{{ end }}`],
    ["a list doubled again and again", "{{ $l := list 1 2 3 4 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}"],
    ["a list that grows by one for ever", `{{ $l := list }}{{ ${forever} }}{{ $l = append $l $i }}{{ end }}`],
    ["a map that grows for ever", `{{ $d := dict }}{{ ${forever} }}{{ $_ := set $d (toString $i) (dict) }}{{ end }}`],
    ["lists kept in a list", `{{ $l := dict }}{{ ${forever} }}{{ $_ := set $l (toString $i) (until 10000) }}{{ end }}`],
    ["a text doubled by a printf", '{{ $x := "ab" }}{{ range until 60 }}{{ $x = printf "%s%s" $x $x }}{{ end }}'],
    ["a text doubled by cat", '{{ $x := "ab" }}{{ range until 60 }}{{ $x = cat $x $x }}{{ end }}'],
    ["base 64 of base 64", '{{ $x := repeat 1000 "x" }}{{ range until 200 }}{{ $x = b64enc $x }}{{ end }}'],
    ["quotes of quotes", '{{ $x := "\\"" }}{{ range until 200 }}{{ $x = quote $x }}{{ end }}'],
    ["a width of a printf", `{{ ${forever} }}{{ $_ := printf "%1000000d" 1 }}{{ end }}`],
    ["a map that shares itself, as YAML", `${doubledMap}{{ toYaml $d }}`],
    ["a map that shares itself, as JSON", `${doubledMap}{{ toJson $d }}`],
    ["a map that shares itself, printed", `${doubledMap}{{ print $d }}`],
    ["a map that shares itself, by %#v", `${doubledMap}{{ printf "%#v" $d }}`],
    ["a map that shares itself, copied", `${doubledMap}{{ $_ := deepCopy $d }}`],
    ["a map that shares itself, as TOML", `${doubledMap}{{ toToml $d }}`],
    [
      "a map that is merged with copies of itself",
      '{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" (deepCopy $d) "b" (deepCopy $d) }}{{ end }}',
    ],
    [
      "the members of a long list looked for in it",
      "{{ $l := list }}{{ range until 3000 }}{{ $l = append $l (dict . .) }}{{ end }}{{ range until 100 }}{{ $_ := uniq $l }}{{ end }}".replace(
        "(dict . .)",
        "(list . .)",
      ),
    ],
    [
      "a long text read again and again",
      `{{ $x := repeat 1000000 "ab" }}{{ ${forever} }}{{ $_ := contains "c" $x }}{{ end }}`,
    ],
    [
      "a regular expression on a long text",
      `{{ $x := repeat 1000000 "ab" }}{{ ${forever} }}{{ $_ := regexMatch "(a|b)*c" $x }}{{ end }}`,
    ],
    ["check sums of a long text", `{{ $x := repeat 1000000 "ab" }}{{ ${forever} }}{{ $_ := sha512sum $x }}{{ end }}`],
    [
      "a long text read as YAML again and again",
      `{{ $x := repeat 10000 "- a\\n" }}{{ ${forever} }}{{ $_ := fromYamlArray $x }}{{ end }}`,
    ],
    [
      "a long text sorted",
      `{{ $l := splitList "" (repeat 100000 "ab") }}{{ ${forever} }}{{ $_ := sortAlpha $l }}{{ end }}`,
    ],
    [
      "texts run as templates that make longer ones",
      '{{ define "x" }}{{ tpl (printf "%s%s" . .) . }}{{ end }}{{ include "x" "ab" }}{{ $t := "{{ tpl (print . .) (print . .) }}" }}{{ tpl $t $t }}',
    ],
  ])("%s", { timeout: 30_000 }, (_, text) => {
    expect(endOf(text)).toMatch(/^(?:steps|output|depth)$/);
  });
});

describe("work that takes long by itself", () => {
  it.each([
    ["keys", '{{ genPrivateKey "rsa" }}'],
    ["certificates", '{{ $_ := genCA "ca" 1 }}'],
    ["passwords made slowly", '{{ derivePassword 1 "long" "password" "user" "example.com" }}'],
    ["hashes made slowly", '{{ bcrypt "password" }}'],
    ["entries of a password file", '{{ htpasswd "user" "password" }}'],
  ])("counts as many steps: %s", { timeout: 60_000 }, (_, call) => {
    const text = `{{ range until 1000 }}${call}{{ end }}`;
    expect(() => renderText(text, { limits: { steps: 300_000 } })).toThrow(
      /the template takes more than 300000 steps$/,
    );
  });
});

describe("values that are bombs", () => {
  it("does not expand aliases of aliases that a text holds", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level++) {
      const before = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(", ")}]`);
    }
    const bomb = `${lines.join("\n")}\n`;
    expect(renderText("{{ (fromYaml .text).Error }}", { data: { text: bomb } })).toContain("excessive aliasing");
  });

  it("refuses texts nested too deeply", () => {
    const data = { json: "[".repeat(100_000), yaml: "[".repeat(100_000), blocks: "- ".repeat(100_000) };
    expect(renderText("{{ index (fromJsonArray .json) 0 }}", { data })).toMatch(/depth|unexpected end|nested/);
    expect(renderText("{{ index (fromYamlArray .yaml) 0 }}", { data })).toMatch(/depth|nested/);
    expect(renderText("{{ index (fromYamlArray .blocks) 0 }}", { data })).toMatch(/depth|nested/);
  });

  it.each([
    ["semver", "{{ semver .long }}"],
    ["semverCompare", '{{ semverCompare .long "1.2.3" }}'],
    ["a date's layout", "{{ now | date .long | len }}"],
    ["a date", '{{ toDate "2006-01-02" .long }}'],
    ["a duration", "{{ durationRound .long }}"],
    ["an address", "{{ urlParse .long | len }}"],
    ["a number", "{{ int64 .long }}{{ float64 .long }}{{ atoi .long }}{{ toDecimal .long }}"],
    ["a regular expression", "{{ regexMatch .long .long }}"],
    ["a repeated regular expression", '{{ regexMatch "((a{100}){100}){100}" .long }}'],
    ["a path", "{{ clean .long | len }}{{ base .long | len }}"],
    ["words", "{{ snakecase .long | len }}{{ title .long | len }}{{ wrap 10 .long | len }}{{ abbrev 10 .long }}"],
  ])("takes no time to speak of for a long text as %s", { timeout: 20_000 }, (_, text) => {
    for (const long of ["1.".repeat(50_000), "1".repeat(100_000), "a/../".repeat(20_000), ">=1.2 || ".repeat(5000)]) {
      expect(faultOf(text, { long })).toMatch(/^(?:none|TemplateExecError|TemplateLimitError)$/);
    }
  });

  it("keeps bytes that are no UTF-8, and prints them", () => {
    expect(renderText('{{ b64enc (b64dec "/f7/wIA=") }}')).toBe("/f7/wIA=");
    expect(renderText('{{ toJson (b64dec "/f7/wIA=") }}')).toContain("\\ufffd");
  });
});
