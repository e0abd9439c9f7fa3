import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../../codec/json-value.ts";
import { renderHandlebars } from "../../../../../shared/render/handlebars/render-handlebars.ts";
import { renderObjects } from "../../../../../shared/render/render-objects.ts";
import { anInput } from "../an-input.ts";

const values: JsonObject = {
  name: "web",
  count: 3,
  big: 9007199254740993n,
  empty: "",
  none: null,
  html: "<a> & 'b'",
  list: ["x", "y"],
  map: { a: 1, b: { c: [1, "two"] } },
  ports: [
    { name: "http", port: 80 },
    { name: "admin", port: 9090 },
  ],
};

describe("renderHandlebars", () => {
  it.each([
    {
      name: "prints values without escaping",
      template: "{{Values.html}} {{{Values.html}}}",
      text: "<a> & 'b' <a> & 'b'",
    },
    { name: "prints integers of 64 bits exactly", template: "{{Values.big}}", text: "9007199254740993" },
    { name: "prints null and false", template: "[{{Values.none}}{{eq 1 2}}]", text: "[false]" },
    {
      name: "goes over a list",
      template: "{{#each Values.list}}{{@index}}={{this}}{{#unless @last}},{{/unless}}{{/each}}",
      text: "0=x,1=y",
    },
    { name: "goes over a map", template: "{{#each Values.map}}{{@key}} {{/each}}", text: "a b " },
    {
      name: "reaches the outside",
      template: "{{#each Values.ports}}{{../Values.name}}-{{name}}:{{@root.Values.count}} {{/each}}",
      text: "web-http:3 web-admin:3 ",
    },
    {
      name: "names what it goes over",
      template: "{{#each Values.ports as |p i|}}{{i}}{{p.port}} {{/each}}",
      text: "080 19090 ",
    },
    { name: "goes into a map", template: "{{#with Values.map.b}}{{c.[1]}}{{c.length}}{{/with}}", text: "two2" },
    { name: "chooses", template: "{{#if Values.empty}}a{{else if Values.count}}b{{else}}c{{/if}}", text: "b" },
    { name: "has an else for what is empty", template: "{{#each Values.empty}}a{{else}}none{{/each}}", text: "none" },
    {
      name: "prints YAML, indented",
      template: "map:{{nindent 2 (toYaml Values.map)}}",
      text: "map:\n  a: 1\n  b:\n    c:\n    - 1\n    - two",
    },
    { name: "prints JSON", template: "{{toJson Values.map}}", text: '{"a":1,"b":{"c":[1,"two"]}}' },
    {
      name: "has a default for what is missing",
      template: '{{default "d" Values.nope.deeper}} {{default "d" Values.name}}',
      text: "d web",
    },
    { name: "encodes and decodes", template: '{{b64enc Values.name}} {{b64dec "d2Vi"}}', text: "d2Vi web" },
    { name: "quotes", template: "{{quote Values.html}} {{squote Values.html}}", text: "\"<a> & 'b'\" '<a> & ''b'''" },
    {
      name: "compares",
      template: '{{and (gt Values.count 2) (le 1 1) (lt "a" "b") (ne 1 2)}} {{or Values.empty Values.name}}',
      text: "true web",
    },
    {
      name: "changes texts",
      template: '{{upper (trim " a ")}} {{lower "B"}} {{replace "e" "o" Values.name}} {{join "-" Values.list}}',
      text: "A b wob x-y",
    },
    {
      name: "asks",
      template: '{{contains "e" Values.name}} {{hasKey Values.map "z"}} {{not Values.empty}}',
      text: "true false true",
    },
    {
      name: "drops comments and standalone lines",
      template: "a\n{{! c }}\n{{#if true}}\nb\n{{/if}}\nc",
      text: "a\nb\nc",
    },
    { name: "leaves other braces alone", template: "\\{{raw}} { x } ${y}", text: "{{raw}} { x } ${y}" },
  ])("$name", ({ template, text }) => {
    expect(render(template)).toBe(text);
  });

  it.each([
    {
      name: "a missing value",
      template: "a: b\nc: {{Values.nope}}",
      line: 2,
      column: 4,
      says: "Values.nope has no value",
    },
    {
      name: "a missing value given to a helper",
      template: "{{quote Values.nope.x}}",
      line: 1,
      column: 1,
      says: "Values.nope.x has no value",
    },
    { name: "a map printed as text", template: "{{Values.map}}", line: 1, column: 1, says: "is a map; use toYaml" },
    {
      name: "required with its own words",
      template: "{{required 'set a name' Values.nope}}",
      line: 1,
      column: 1,
      says: "set a name",
    },
    { name: "an unknown helper", template: "{{nope 1}}", line: 1, column: 1, says: "there is no helper nope" },
    {
      name: "an unknown block",
      template: "x\n  {{#nope Values}}{{/nope}}",
      line: 2,
      column: 3,
      says: "there is no block",
    },
    { name: "a partial", template: "{{> other}}", line: 1, column: 1, says: "partials" },
    {
      name: "a decorator",
      template: "{{#*inline 'x'}}{{/inline}}",
      line: 1,
      column: 1,
      says: "partials and decorators",
    },
    { name: "the log helper", template: "{{log 1}}", line: 1, column: 1, says: "no helper log" },
    {
      name: "a template that does not parse",
      template: "a\nb: {{#if}",
      line: 2,
      column: 1,
      says: "no Handlebars template",
    },
    { name: "an open block", template: "{{#if Values}}\n", line: 2, column: 1, says: "no Handlebars template" },
    { name: "comparing maps", template: "{{eq Values Values}}", line: 1, column: 1, says: "not maps or lists" },
    { name: "a huge indentation", template: "{{indent 100000000 'x'}}", line: 1, column: 1, says: "from 0 to 100" },
  ])("refuses $name with its place", ({ template, line, column, says }) => {
    expect(() => render(template)).toThrow(
      expect.objectContaining({
        code: "TEMPLATE_FAILED",
        message: expect.stringContaining(says),
        position: { file: "a.yaml.hbs", line, column },
      }),
    );
  });

  it.each([
    "{{Values.constructor}}",
    "{{Values.__proto__}}",
    "{{Values.list.constructor}}",
    "{{Values.name.length}}",
    "{{Values.toString}}",
    "{{#with Values as |v|}}{{v.constructor.name}}{{/with}}",
    "{{@root.constructor}}",
  ])("finds nothing at %s", (template) => {
    expect(() => render(template)).toThrow(/has no value/);
  });

  it("prints nothing for missing values when not strict", () => {
    expect(render("[{{Values.nope.x}}{{quote Values.nope}}]", { strict: false })).toBe('[""]');
  });

  it.each([
    { name: "loops in loops", template: `${"{{#each @root.Values.l}}".repeat(7)}x${"{{/each}}".repeat(7)}` },
    { name: "much output", template: "{{#each Values.l}}{{#each ../Values.l}}{{@root.Values.long}}{{/each}}{{/each}}" },
    {
      name: "hidden work",
      template:
        '{{#each Values.l}}{{#each ../Values.l}}{{#if (contains "zz" @root.Values.long)}}x{{/if}}{{/each}}{{/each}}',
    },
    { name: "deep nesting", template: "{{#if true}}".repeat(60) + "{{/if}}".repeat(60) },
    { name: "a giant template", template: "x".repeat(1_000_001) },
  ])("ends a template that wants too much: $name", ({ template }) => {
    const hostile = { l: Array.from({ length: 100 }, (_, index) => index), long: "y".repeat(200_000) };
    expect(() => renderHandlebars([{ name: "a.yaml.hbs", text: template }], {}, { Values: hostile })).toThrow(
      expect.objectContaining({ code: "RENDER_LIMIT", verdict: "stalled" }),
    );
  });

  it("renders only files with the ending, and refuses two files for one name", () => {
    const files = [
      { name: "x.yaml", text: "{{ raw }}" },
      { name: "y.json.hbs", text: "[{{1}}]" },
      { name: "z.txt.hbs", text: "{{ raw }}" },
    ];
    expect(renderHandlebars(files, {}, {}).map(({ name, text }) => `${name} ${text}`)).toEqual([
      "x.yaml {{ raw }}",
      "y.json [1]",
      "z.txt.hbs {{ raw }}",
    ]);
    expect(() => renderHandlebars([...files, { name: "x.yaml.hbs", text: "" }], {}, {})).toThrow(
      /x.yaml is there as well/,
    );
  });
});

describe("renderObjects with a handlebars block", () => {
  const files = {
    "cm.yaml.hbs":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{Release.Name}} }\ndata:\n  all: {{quote (toJson Cluster)}}\n  v: {{Values.a}}{{Values.b}}{{Values.m.x}}{{Values.m.z}}\n  ns: {{Release.Namespace}}/{{Bundle.Namespace}}/{{Bundle.Name}}\n",
    "overlays/o/cm_patch.yaml.hbs": "data: {env: {{Cluster.Labels.env}} }\n",
  };

  it("gives templates values, cluster, release and bundle, and lets overlays be templates", () => {
    const { objects } = renderObjects(
      anInput(files, {
        handlebars: { values: { a: 1, b: 2, m: { x: 1, z: 2 } } },
        helm: { values: { b: 3, m: { z: 4 } }, releaseName: "rel" },
        yaml: { overlays: ["o"] },
        defaultNamespace: "web",
      }),
    );
    expect(objects).toEqual([
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "rel", namespace: "web" },
        data: {
          all: '{"Name":"alpha","Namespace":"fleet-default","Labels":{"env":"dev"},"Annotations":{"note":"x"}}',
          v: 1314,
          ns: "web/fleet-default/demo",
          env: "dev",
        },
      },
    ]);
  });

  it("leaves such files alone where there is no such block", () => {
    expect(renderObjects(anInput(files)).objects).toEqual([]);
  });
});

function render(template: string, options: { readonly strict?: boolean } = {}): string {
  const [file] = renderHandlebars([{ name: "a.yaml.hbs", text: template }], options, { Values: values });
  return file?.text ?? "";
}
