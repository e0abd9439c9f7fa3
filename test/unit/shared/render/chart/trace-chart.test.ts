import fc from "fast-check";
import { expect, it } from "vitest";
import { isJsonObject, type JsonValue } from "../../../../../codec/json-value.ts";
import { printJson } from "../../../../../codec/print-json.ts";
import { traceChart } from "../../../../../shared/render/chart/trace-chart.ts";
import type { ChartInput } from "../../../../../shared/render/chart/chart-input.ts";
import { renderChart } from "../../../../../shared/render/chart/render-chart.ts";
import { firstRelease } from "../../../../../shared/render/release-facts.ts";

const partials = `{{- define "name" -}}{{ .Release.Name }}-{{ .Values.name }}{{- end }}
{{ define "labels" }}
app: {{ include "name" . }}
tier: front
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{ end }}
{{- define "pair" }}{{ .key }}: {{ .value | quote }}{{ end -}}
`;

/** Lines of a ConfigMap's data, each in another way of the many in which charts print values. */
const lines = [
  "fixed: text",
  'quoted: "{{ .Values.name }}"',
  'named: {{ include "name" . | quote }}',
  "upper: {{ .Values.name | upper | quote }}",
  'printed: {{ printf "%s-%s" (include "name" .) .Values.name }}',
  'missing: "a{{ .Values.missing }}b{{ .Values.missing }}c"',
  "text: {{ tpl .Values.text . | quote }}",
  '{{ include "pair" (dict "key" "pair" "value" .Values.name) }}',
  'block: |\n    first {{ .Values.name }}\n    {{- include "labels" . | nindent 4 }}',
  "{{- range $index, $item := .Values.items }}\n  item-{{ $index }}: {{ $item | quote }}\n{{- end }}",
  "{{- range $key, $item := .Values.labels }}\n  label-{{ $key }}: {{ $item | quote }}\n{{- end }}",
  "{{- if .Values.items }}\n  has: items\n{{- else }}\n  has: none\n{{- end }}",
  '{{- $x := index (append .Values.items "none") 0 }}\n  first: {{ $x | quote }}',
  '{{- template "pair" (dict "key" "stated" "value" .Values.name) }}',
];

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/u);
const charts = fc.record({
  chosen: fc.subarray(lines, { minLength: 1 }).chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
  documents: fc.integer({ min: 1, max: 3 }),
  values: fc.record({
    name,
    items: fc.array(name, { maxLength: 3 }),
    labels: fc.dictionary(name, name, { maxKeys: 3 }),
    text: fc.constantFrom("plain", "for {{ .Values.name }}", '{{ include "name" . }} and more'),
  }),
});

function inputOf({ chosen, documents, values }: { chosen: string[]; documents: number; values: object }): ChartInput {
  const document = (index: number): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm-${index}\n  labels:\n    {{- include "labels" . | nindent 4 }}\ndata:\n  kept: text\n${chosen.map((line) => (line.startsWith("{{-") ? line.replace(/^\{\{- template/u, "  {{ template") : `  ${line}`)).join("\n")}\n`;
  const text = Array.from({ length: documents }, (_, index) => document(index)).join("---\n");
  return {
    bundle: "team/web",
    files: [
      { name: "Chart.yaml", content: "apiVersion: v2\nname: web\nversion: 1.0.0\n" },
      { name: "templates/_p.tpl", content: partials },
      { name: "templates/all.yaml", content: text },
    ],
    options: { helm: { values: JSON.parse(JSON.stringify(values)) } },
    kubeVersion: undefined,
    apiVersions: undefined,
    namespaces: "offline",
    random: undefined,
    lookup: undefined,
    cpuMs: undefined,
    release: firstRelease,
    contentName: () => "s-0",
  };
}

type Field = { readonly path: readonly (string | number)[]; readonly value: JsonValue };

function wordsOf(value: JsonValue): readonly string[] {
  return (
    printJson(value)
      .replaceAll(String.raw`\n`, " ")
      .match(/\w+/gu) ?? []
  );
}

function scalars(value: JsonValue, path: readonly (string | number)[] = []): Field[] {
  if (!isJsonObject(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, member]) => scalars(member, [...path, key]));
}

it("finds for every field of random charts statements that wrote it, down to partials and texts of tpl", () => {
  fc.assert(
    fc.property(charts, (chart) => {
      const input = inputOf(chart);
      const { objects } = traceChart(input);
      expect(objects).toHaveLength(chart.documents);
      expect(objects.map(({ value }) => value)).toEqual(renderChart(input).objects);
      for (const object of objects) {
        for (const field of scalars(object.value)) {
          if (field.value === null) continue;
          const sources = object.sourcesOf(field.path);
          const written = sources.map((source) => source.written.replaceAll("<no value>", ""));
          const place = field.path.join(".");
          for (const word of wordsOf(field.value)) expect(`${place}: ${written.join("")}`).toContain(word);
          // And nothing of another field.
          for (const word of wordsOf(written.join(" "))) expect(`${place}: ${printJson(field.value)}`).toContain(word);
        }
      }
    }),
    { numRuns: 150 },
  );
});

it("follows the same partial each time that it is included", () => {
  const { objects } = traceChart(
    inputOf({ chosen: ["fixed: text"], documents: 3, values: { name: "x", items: [], labels: {}, text: "" } }),
  );
  const chains = objects.map((object) =>
    object.sourcesOf(["metadata", "labels", "app"]).map(({ chain }) => chain.length),
  );
  expect(chains).toEqual([chains[0], chains[0], chains[0]]);
  expect(Math.max(...(chains[0] ?? []))).toBe(3);
});
