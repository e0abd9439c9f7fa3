import { describe, expect, it } from "vitest";
import { helmFunctions } from "../../../../helm/functions/registry.ts";
import { compileTemplates, executeTemplate, startRun } from "../../../../helm/template/compile-template.ts";
import { TemplateExecError, TemplateParseError } from "../../../../helm/template/template-error.ts";
import { renderText } from "./render-text.ts";

const dollar = { delimiters: { left: "${", right: "}" } };

describe("compiled templates", () => {
  it("take any delimiters, trim markers and comments included", () => {
    const data = { a: { b: "x" }, list: [1, 2] };
    expect(
      renderText("{{ kept }} ${ .a.b }-${- /* gone */ -}  ${ range .list }<${ . }>${ end }", { data, compile: dollar }),
    ).toBe("{{ kept }} x-<1><2>");
    expect(renderText('${ dict "k" (printf "%s}" .a.b) | toJson }', { data, compile: dollar })).toBe('{"k":"x}"}');
  });

  it.each([
    ["default", "<no value>|<no value>|<no value>"],
    ["zero", "<no value>|<no value>|<no value>"],
  ] as const)("print what is missing as no value (missingkey=%s)", (missingKey, expected) => {
    expect(renderText("{{ .none }}|{{ .m.none }}|{{ (.none).x }}", { data: { m: {} }, compile: { missingKey } })).toBe(
      expected,
    );
  });

  it("go on after a missing key when asked for no value, and stop when asked for the zero value", () => {
    expect(renderText("{{ .a.b.c }}", { compile: { missingKey: "default" } })).toBe("<no value>");
    expect(() => renderText("{{ .a.b.c }}", { compile: { missingKey: "zero" } })).toThrow(
      'template: t.yaml:1:5: executing "t.yaml" at <.a.b.c>: nil pointer evaluating interface {}.b',
    );
  });

  it("refuse a missing key when asked to, naming it", () => {
    const compile = { missingKey: "error" } as const;
    expect(() => renderText("line one\n  {{ .a }}", { compile })).toThrow(
      'template: t.yaml:2:5: executing "t.yaml" at <.a>: map has no entry for key "a"',
    );
    expect(() => renderText("{{ $x := dict }}{{ $x.y.z }}", { compile })).toThrow('map has no entry for key "y"');
  });

  it("let the later of two definitions win, unless it is empty", () => {
    const files = [
      { name: "a", text: '{{ define "x" }}first{{ end }}{{ define "y" }}first{{ end }}' },
      { name: "b", text: '{{ define "x" }}second{{ end }}{{ define "y" }} {{/* nothing */}} {{ end }}' },
      { name: "main", text: '{{ include "x" . }} {{ template "y" . }}' },
    ];
    const set = compileTemplates(files, { functions: helmFunctions });
    expect(executeTemplate(set, "main", { data: null })).toBe("second first");
  });

  it("can be run again with other data, and do not see what another run did", () => {
    const set = compileTemplates(
      [{ name: "t", text: "{{ $n := .n }}{{ range until 2 }}{{ $n = add $n 1 }}{{ end }}{{ $n }}" }],
      {
        functions: helmFunctions,
      },
    );
    const run = startRun(set);
    expect(run.execute("t", new Map([["n", 1]]))).toBe("3");
    expect(run.execute("t", new Map([["n", 5]]))).toBe("7");
  });

  it("say the place of a failure in their error, besides the whole chain in its message", () => {
    const text = '{{ define "inner" }}\n\n   {{ .x.y }}{{ end }}{{ include "inner" (dict "x" 1) }}';
    const failed = (() => {
      try {
        return renderText(text);
      } catch (error) {
        return error;
      }
    })();
    expect(failed).toBeInstanceOf(TemplateExecError);
    expect(failed).toMatchObject({
      place: { file: "t.yaml", line: 3, column: 25 },
      cause: { place: { file: "t.yaml", line: 3, column: 8 } },
      message:
        'template: t.yaml:3:25: executing "t.yaml" at <include "inner" (dict "x" 1)>: error calling include: ' +
        'template: t.yaml:3:8: executing "inner" at <.x.y>: can\'t evaluate field y in type interface {}',
    });
  });

  it.each([
    ["{{ if }}x{{ end }}", 1, "template: t.yaml:1: missing value for if"],
    ["\n\n{{ nope }}", 3, 'template: t.yaml:3: function "nope" not defined'],
    ["{{ range . }}", 1, "template: t.yaml:1: unexpected EOF"],
    ["x\n{{ .a\n\n ( }}", 4, "template: t.yaml:4: unclosed left paren in action started at t.yaml:2"],
    ["{{ $x }}", 1, 'template: t.yaml:1: undefined variable "$x"'],
  ])("refuse %j as Go words it", (text, line, message) => {
    expect(() => renderText(text)).toThrow(new TemplateParseError(message, { file: "t.yaml", line }));
  });

  it("keep bytes that are no UTF-8 through functions", () => {
    expect(
      renderText('{{ b64dec "/wD+" | b64enc }} {{ b64dec "w6k=" | trunc 1 | b64enc }} {{ b64dec "/w==" | len }}'),
    ).toBe("/wD+ ww== 1");
  });

  it("treat keys of JavaScript's own as any other", () => {
    const data = JSON.parse('{"__proto__": {"a": 1}, "constructor": "c", "toString": "t"}') as unknown;
    expect(
      renderText(
        '{{ index . "__proto__" | toJson }} {{ .constructor }} {{ .toString }} {{ .hasOwnProperty }} {{ toYaml . }}',
        { data },
      ),
    ).toBe('{"a":1} c t <no value> __proto__:\n  a: 1\nconstructor: c\ntoString: t');
  });
});
