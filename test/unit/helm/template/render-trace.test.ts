import { describe, expect, it } from "vitest";
import { fromPlainValue } from "../../../../helm/functions/plain-value.ts";
import { helmFunctions } from "../../../../helm/functions/registry.ts";
import { compileTemplates, startRun } from "../../../../helm/template/compile-template.ts";
import { locateText } from "../../../../helm/template/locate-text.ts";
import { createTrace } from "../../../../helm/template/render-trace.ts";

const partials = `{{ define "name" }}{{ .Values.name | trunc 20 }}{{ end }}
{{- define "labels" }}
app: {{ include "name" . }}
tier: front
{{ end }}`;

const main = `labels: {{- include "labels" . | nindent 2 }}
{{- $size := .Values.size }}
size: {{ $size }}
{{- with .Values.image }}
image: {{ .tag | quote }}
{{- end }}
{{- range $key, $host := .Values.hosts }}
host-{{ $key }}: {{ $host }}
{{- end }}
resources: {{- toYaml .Values.resources | nindent 2 }}
text: {{ tpl .Values.text . }}
{{ template "name" . }}: true
missing: "{{ .Values.missing }}"
`;

const values = {
  name: "shop",
  size: 3,
  image: { tag: "1.0" },
  hosts: ["a.example", "b.example"],
  resources: { limits: { cpu: "1" } },
  text: "for {{ .Values.name }}",
};

function render() {
  const trace = createTrace();
  const files = [
    { name: "web/templates/_p.tpl", text: partials },
    { name: "web/templates/main.yaml", text: main },
  ];
  const set = compileTemplates(files, { functions: helmFunctions, missingKey: "zero", tracer: trace.tracer });
  const data = fromPlainValue({ Values: values, Release: {}, Chart: {} });
  const output = startRun(set).execute("web/templates/main.yaml", data);
  return { output, file: trace.files.get("web/templates/main.yaml") };
}

/** Source lines and reads of those who wrote a word of the output, from the file's statement to the last. */
function sourcesOf(word: string) {
  const { output, file } = render();
  const start = output.indexOf(word);
  if (file === undefined || start < 0) throw new Error(`no ${word} in ${output}`);
  return locateText(file, { start, end: start + word.length }).map(({ chain, written, offset }) => ({
    written,
    places: chain.map(({ node, template }, index) => {
      const at = index === chain.length - 1 ? offset : node.pos;
      return `${template === "gotpl" ? "tpl" : node.source.name.slice(14)}:${node.source.text.slice(0, at).split("\n").length}`;
    }),
    reads: chain.at(-1)?.reads.map(({ path }) => path.join(".")) ?? [],
    givers: chain.at(-1)?.givers.flatMap((giver) => giver.reads.map(({ path }) => path.join("."))) ?? [],
  }));
}

describe("a traced render", () => {
  it("writes the same as one without a trace", () => {
    const files = [
      { name: "web/templates/_p.tpl", text: partials },
      { name: "web/templates/main.yaml", text: main },
    ];
    const set = compileTemplates(files, { functions: helmFunctions, missingKey: "zero" });
    const data = fromPlainValue({ Values: values, Release: {}, Chart: {} });
    expect(render().output).toBe(startRun(set).execute("web/templates/main.yaml", data));
  });

  it("leaves no gap between what its statements wrote", () => {
    const { output, file } = render();
    const ends = [0, ...(file?.spans.map(({ end }) => end) ?? [])];
    expect(file?.spans.map(({ start }) => start)).toEqual(ends.slice(0, -1));
    expect(ends.at(-1)).toBe(output.length);
  });

  const cases = [
    { name: "literal text of a file", word: "text:", places: ["main.yaml:11"] },
    { name: "an indented partial, down to its line", word: "tier: front", places: ["main.yaml:1", "_p.tpl:4"] },
    {
      name: "a partial in a partial",
      word: "shop",
      places: ["main.yaml:1", "_p.tpl:3", "_p.tpl:1"],
      reads: ["name"],
    },
    { name: "a field of a with", word: '"1.0"', places: ["main.yaml:5"], reads: ["image.tag"] },
    { name: "a variable, by who gave it", word: "3", places: ["main.yaml:3"], givers: ["size"] },
    { name: "an element, by its range", word: "b.example", places: ["main.yaml:8"], givers: ["hosts"] },
    { name: "a map printed as YAML", word: 'cpu: "1"', places: ["main.yaml:10"], reads: ["resources"] },
    { name: "the text of tpl", word: "for ", places: ["main.yaml:11", "tpl:1"] },
    { name: "a value in the text of tpl", word: "shop\nshop", places: ["main.yaml:11", "tpl:1"], reads: ["name"] },
    { name: "a template statement", word: "shop: true", places: ["main.yaml:12", "_p.tpl:1"], reads: ["name"] },
  ];
  it.each(cases)("names $name", ({ word, places, reads = [], givers = [] }) => {
    expect(sourcesOf(word)[0]).toMatchObject({ places, reads, givers: expect.arrayContaining(givers) });
  });

  it("says what was read and is not there", () => {
    const { file } = render();
    const reads = file?.spans.flatMap((span) => span.reads) ?? [];
    expect(reads.find(({ path }) => path[0] === "missing")).toMatchObject({ object: "Values", chart: "web" });
  });
});
