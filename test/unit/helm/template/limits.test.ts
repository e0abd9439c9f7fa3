import { describe, expect, it } from "vitest";
import { TemplateExecError, TemplateLimitError, TemplateParseError } from "../../../../helm/template/template-error.ts";
import { renderText } from "./render-text.ts";

function limitOf(text: string, limits: Parameters<typeof renderText>[1]): string {
  try {
    renderText(text, limits);
  } catch (error) {
    if (error instanceof TemplateLimitError) return `${error.limit}: ${error.message}`;
    throw error;
  }
  return "rendered";
}

const nestedLoops = "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}";
const doubling = '{{ $x := "0123456789abcdef" }}{{ range until 64 }}{{ $x = print $x $x }}{{ end }}{{ len $x }}';

describe("a template that costs too much", () => {
  it("ends when it runs longer than allowed, and says where", () => {
    const start = performance.now();
    expect(limitOf(nestedLoops, { limits: { cpuMs: 100, steps: 1e12 } })).toMatch(
      /^time: template: t\.yaml:1:\d+: executing "t\.yaml": the template takes more than 100 ms of CPU time$/,
    );
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("ends when it takes more steps than allowed", () => {
    expect(limitOf(nestedLoops, { limits: { steps: 5000 } })).toMatch(/^steps: template: t\.yaml:1:/);
  });

  it.each([
    ["a template that includes itself", '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'],
    [
      "a template that calls itself by the old word",
      '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
    ],
    [
      "two that include one another",
      '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    ],
    ["a text that runs itself", "{{ tpl .t . }}"],
  ])("ends when templates call one another too deeply: %s", (_, text) => {
    expect(limitOf(text, { data: { t: "{{ tpl .t . }}" }, limits: { depth: 50 } })).toMatch(
      /^depth: .*more than 50 templates/,
    );
  });

  it("ends as too deep when the stack is full before the limit is reached", () => {
    const text =
      '{{ define "a" }}{{ if . }}{{ with . }}{{ include "a" . }}{{ end }}{{ end }}{{ end }}{{ include "a" 1 }}';
    expect(limitOf(text, { limits: { depth: 1_000_000 } })).toBe(
      "depth: template t.yaml takes more calls within calls than fit the stack",
    );
  });

  it.each([
    ["text doubled again and again", doubling],
    ["text repeated", '{{ repeat 1000000000 "x" | len }}'],
    ["text in a loop", "{{ range until 1000000 }}0123456789{{ end }}"],
    ["a huge indent", '{{ indent 1000000000 "x" | len }}'],
    [
      "a replacement that grows",
      '{{ $x := repeat 100000 "a" }}{{ range until 100 }}{{ $x = replace "a" "aa" $x }}{{ end }}',
    ],
    ["a list that is too long", "{{ until 2000000000 | len }}"],
    ["random text that is too long", "{{ randAlphaNum 2000000000 | len }}"],
    ["a printf width", '{{ range until 1000 }}{{ printf "%1000000d" 1 | len }}{{ end }}'],
  ])("ends when it makes more text than allowed: %s", (_, text) => {
    expect(limitOf(text, { limits: { outputBytes: 1_000_000, cpuMs: 20_000 } })).toMatch(
      /^output: template: t\.yaml:1:/,
    );
  });

  it("takes linear time for a regular expression that would hang elsewhere", () => {
    const start = performance.now();
    expect(renderText('{{ regexMatch "^(a+)+$" (print (repeat 5000 "a") "b") }}')).toBe("false");
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("refuses expressions nested too deeply to be parsed", () => {
    const text = `{{ ${"(".repeat(20_000)}1${")".repeat(20_000)} }}`;
    expect(() => renderText(text)).toThrow(
      new TemplateParseError("template: t.yaml:1: max expression depth exceeded", { file: "t.yaml", line: 1 }),
    );
  });

  it.each([
    ["a map that holds itself", '{{ $d := dict }}{{ $_ := set $d "me" $d }}{{ mustToJson $d }}', /encountered a cycle/],
    ["a map that holds itself, copied", '{{ $d := dict }}{{ $_ := set $d "me" $d }}{{ deepCopy $d }}', /nested deeper/],
  ])("fails cleanly for %s", (_, text, message) => {
    expect(() => renderText(text)).toThrow(TemplateExecError);
    expect(() => renderText(text)).toThrow(message);
  });

  it("ends as too deep when a map that holds itself is printed", () => {
    expect(limitOf('{{ $d := dict }}{{ $_ := set $d "me" $d }}{{ $d }}', {})).toMatch(/^depth/);
  });

  it("can be followed by a good run of the same set", () => {
    const text = "{{ if .bad }}{{ range until 1000000 }}xxxxxxxxxx{{ end }}{{ else }}fine{{ end }}";
    expect(limitOf(text, { data: { bad: true }, limits: { outputBytes: 1000 } })).toMatch(/^output/);
    expect(renderText(text, { data: { bad: false }, limits: { outputBytes: 1000 } })).toBe("fine");
  });
});
