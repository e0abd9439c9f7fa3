import { gzipSync } from "node:zlib";
import type { JsonObject, JsonValue } from "../../../codec/json-value.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import type { ChartFile } from "../../../helm/chart/chart.ts";
import { writeTar } from "../../../helm/chart/write-tar.ts";
import { type Dice, seededDice } from "./dice.ts";
import { randomFlags, randomValues } from "./random-values.ts";

/** A tree of charts and the words with which it is rendered. */
export interface RandomChart {
  /** Of the chart, in `chart/`, and of the files that the words name. */
  readonly files: readonly ChartFile[];
  /** Words behind `helm`. */
  readonly words: readonly string[];
}

/** Returns a random tree of charts with random values; the same seed gives the same. */
export function randomChart(seed: number): RandomChart {
  const dice = seededDice(seed);
  const depth = 1 + dice.below(3);
  const chart = chartFiles(dice, { name: "top", version: "1.0.0", depth, isTop: true });
  const valueFiles = Array.from({ length: dice.below(3) }, (_, index) => file(`v${index}.yaml`, valuesText(dice, 3)));
  const words = ["template", "rel", "chart", "-n", "ns", ...valueFiles.flatMap(({ name }) => ["-f", name])];
  const crds = dice.chance(0.2) ? ["--include-crds"] : [];
  return {
    files: [...below("chart", chart), ...valueFiles, file("side.txt", "of a\nfile: 1\n")],
    words: [...words, ...randomFlags(dice), ...crds],
  };
}

interface Wanted {
  readonly name: string;
  readonly version: string;
  readonly depth: number;
  readonly isTop: boolean;
}

function chartFiles(dice: Dice, wanted: Wanted): ChartFile[] {
  const { name, version, depth, isTop } = wanted;
  const isOld = dice.chance(0.3);
  const children = depth === 0 ? [] : childrenOf(dice, depth);
  const entries = withoutTwins(
    dice,
    children.flatMap((child) => entriesOf(dice, child)),
  );
  const metadata: Record<string, JsonValue> = { apiVersion: isOld ? "v1" : "v2", name, version, ...detail(dice) };
  if (!isTop && dice.chance(0.12)) metadata["type"] = "library";
  const list = { dependencies: entries };
  if (!isOld && entries.length > 0) metadata["dependencies"] = entries;
  return [
    file("Chart.yaml", yaml(dice, metadata)),
    ...(isOld && entries.length > 0 ? [file("requirements.yaml", yaml(dice, list))] : []),
    ...(dice.chance(0.85) ? [file("values.yaml", valuesText(dice, 3))] : []),
    ...(dice.chance(0.1) ? [file("crds/d.yaml", `kind: Definition\nof: ${name}\n`)] : []),
    ...(dice.chance(0.07) ? [file("values.schema.json", dice.pick(schemas))] : []),
    file("templates/out.yaml", outTemplate(dice)),
    file("templates/_part.tpl", `{{ define "who" }}${name} ${version}{{ end }}`),
    ...children.flatMap((child) => child.files),
  ];
}

// One property each: faults of several come in no order.
const schemas = [
  '{"properties": {"k": {"type": "string"}}}',
  '{"properties": {"enabled": {"type": ["boolean", "null"]}}}',
];

function detail(dice: Dice): JsonObject {
  return dice.pick<JsonObject>([
    {},
    { appVersion: "2.x", description: "some <text>", keywords: ["one"], annotations: { x: "y" } },
    { maintainers: [{ name: "m", email: "e" }], home: "h", sources: ["s"], icon: "i", deprecated: true },
    { condition: "a.enabled", tags: "front", kubeVersion: ">=1.20" },
  ]);
}

interface Child {
  readonly name: string;
  readonly version: string;
  readonly files: readonly ChartFile[];
}

function childrenOf(dice: Dice, depth: number): Child[] {
  const children = Array.from({ length: dice.below(4) }, (): Child => {
    const name = dice.pick(["a", "b", "c"]);
    const version = dice.pick(["1.0.0", "1.0.0", "1.2.0", "2.0.0-rc.1"]);
    const files = chartFiles(dice, { name, version, depth: depth - 1, isTop: false });
    if (dice.chance(0.3)) {
      const data = gzipSync(writeTar(below(name, files)));
      return { name, version, files: [{ name: `charts/${name}-${version}.tgz`, data }] };
    }
    const folder = dice.chance(0.3) ? `${name}-${version}` : name;
    return { name, version, files: below(`charts/${folder}`, files) };
  });
  // Of several charts of one name Helm takes one or the other, by chance.
  return [...new Map(children.map((child) => [child.name, child])).values()];
}

/** None, one or several entries for a chart in `charts/`; some ask for a version that is not there. */
function entriesOf(dice: Dice, child: Child): JsonObject[] {
  return Array.from({ length: dice.pick([0, 1, 1, 1, 1, 2]) }, (_, index) => {
    const entry: Record<string, JsonValue> = {
      name: child.name,
      version: dice.pick(["*", "1.x", ">=0-0", "^1", "1.0.0"]),
    };
    if (dice.chance(0.25) || index > 0) entry["alias"] = dice.pick(["al", "b", "other"]);
    if (dice.chance(0.35)) entry["condition"] = dice.pick(conditions);
    if (dice.chance(0.25)) entry["tags"] = dice.pick([["front"], ["back"], ["front", "back"], ["none"]]);
    if (dice.chance(0.4)) entry["import-values"] = Array.from({ length: 1 + dice.below(2) }, () => dice.pick(imports));
    if (dice.chance(0.05)) entry["enabled"] = true;
    return entry;
  });
}

/** Two entries of one name are refused, which mostly would hide all else. */
function withoutTwins(dice: Dice, entries: readonly JsonObject[]): JsonObject[] {
  if (dice.chance(0.04)) return [...entries];
  return [...new Map(entries.map((entry) => [entry["alias"] ?? entry["name"], entry])).values()];
}

const conditions = [
  "a.enabled",
  "enabled",
  "b.on,a.enabled",
  "global.on",
  " al.enabled , on",
  "m",
  "c.enabled,enabled",
  "a",
];
const imports: readonly JsonValue[] = [
  "data",
  "more",
  { child: "m", parent: "fromchild" },
  { child: "exports.data", parent: "a" },
  { child: "data", parent: "." },
  { child: "global", parent: "global" },
  { child: "none", parent: "x.y" },
  { child: "a", parent: "n.deep" },
];

const prints = [
  "values: {{ toYaml .Values | nindent 2 }}",
  "chart: {{ toYaml .Chart | nindent 2 }}",
  "json: {{ toJson .Values | quote }}",
  "plain: {{ print .Values | quote }}",
  "below: {{ range $name, $one := .Subcharts }}\n  {{ $name }}: {{ toJson $one.Values }}{{ end }}",
  "names: {{ range $name, $one := .Subcharts }}{{ $name }} {{ $one.Chart.Name }} {{ $one.Release.Name }};{{ end }}",
  "template: {{ .Template | toJson }} # {{ .Template.Name }} {{ .Template.BasePath }}",
  "release: {{ toJson .Release }}",
  "chartjson: {{ toJson .Chart | quote }}",
  'who: {{ include "who" . }}',
  "global: {{ .Values.global | toJson }}",
  "kinds: {{ range $key, $value := .Values }}{{ $key }}={{ kindOf $value }} {{ end }}",
  "deps: {{ range .Chart.Dependencies }}{{ .Name }} {{ .Alias }} {{ .Enabled }} {{ .ImportValues }};{{ end }}",
  "scope: {{ range $key, $value := . }}{{ $key }} {{ end }}",
];

function outTemplate(dice: Dice): string {
  const lines = Array.from({ length: 1 + dice.below(4) }, () => dice.pick(prints));
  return `kind: Out\n${[...new Set([prints[0] ?? "", ...lines])].join("\n")}\n`;
}

function valuesText(dice: Dice, depth: number): string {
  return yaml(dice, randomValues(dice, depth));
}

function yaml(dice: Dice, value: JsonObject): string {
  return dice.chance(0.7) ? printGoYaml(value) : JSON.stringify(value);
}

function file(name: string, text: string): ChartFile {
  return { name, data: Buffer.from(text) };
}

function below(folder: string, files: readonly ChartFile[]): ChartFile[] {
  return files.map(({ name, data }) => ({ name: `${folder}/${name}`, data }));
}
