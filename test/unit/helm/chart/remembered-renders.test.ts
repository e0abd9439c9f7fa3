import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../../codec/json-value.ts";
import type { Chart, ChartFile } from "../../../../helm/chart/chart.ts";
import { ChartError } from "../../../../helm/chart/chart-error.ts";
import { valuesOf } from "../../../../helm/chart/chart-values.ts";
import { loadChart } from "../../../../helm/chart/load-chart.ts";
import { renderChart } from "../../../../helm/chart/render-chart.ts";
import type { GoMap } from "../../../../helm/template/go-value.ts";
import { type Dice, seededDice } from "../../../conformance/helm/dice.ts";
import { remembered, writing } from "./remembered-fragments.ts";

const charts = 40;
const rendersOfEach = 8;

type Values = Record<string, JsonValue>;

const standard: Values = {
  name: "web",
  count: 1,
  text: "{{ .Values.name }} {{ .Template.Name }} {{ .Values.map.a }}",
  plain: "{{ .Values.count }}",
  map: { a: "1", b: { c: "2", d: { e: 1 } } },
  other: { a: "0", z: { y: "x" } },
  list: [{ name: "one", port: 1 }, { name: "two" }],
  global: { cluster: "c1", deep: { tag: "v1", more: { on: true } } },
  db: { name: "db", map: { a: "5" }, list: ["p"] },
};

const changes: readonly ((values: Values, dice: Dice) => void)[] = [
  (values, dice) => void (values["count"] = dice.below(3)),
  (values, dice) => void (values["name"] = dice.pick(["web", "api", "", null, 7])),
  (values, dice) => void (values["map"] = dice.pick([{ a: "9" }, { b: { c: "8" } }, {}, null, { b: { d: { e: 2 } } }])),
  (values, dice) => void (values["list"] = dice.pick([[], [{ name: "x" }], [{ name: "one", port: 2 }], null])),
  (values, dice) =>
    void (values["global"] = { cluster: dice.pick(["c1", "c2"]), deep: { tag: dice.pick(["v1", "v2"]) } }),
  (values, dice) => void (values["db"] = dice.pick([{ name: "d2" }, { map: { a: "6" } }, { list: [] }, {}])),
  (values, dice) => void (values["plain"] = dice.pick(["{{ .Values.map.a }}", "{{ .Release.Name }}", "none"])),
  (values, dice) => void (values["other"] = dice.pick([{ a: "0" }, { z: { y: "w" } }, null])),
  (values) => void delete values["map"],
];

function file(name: string, text: string): ChartFile {
  return { name, data: Buffer.from(text) };
}

function body(dice: Dice, writes: boolean): string {
  return Array.from({ length: 1 + dice.below(5) }, () => {
    return dice.pick(writes && dice.chance(0.15) ? writing : remembered);
  }).join("\n");
}

function randomFiles(dice: Dice): ChartFile[] {
  const writes = dice.chance(0.5);
  const partials = ["p0", "p1", "p2"].map(
    (name) => `{{ define "${name}" }}${body(dice, writes).replaceAll("PART", "leaf")}{{ end }}`,
  );
  const withPart = (text: string): string => text.replaceAll("PART", () => dice.pick(["p0", "p1", "p2", "leaf"]));
  const templates = (folder: string): ChartFile[] =>
    Array.from({ length: 1 + dice.below(5) }, (_, index) =>
      file(
        `${folder}templates/t${index}.txt.yaml`,
        `# ${index}\ntext: |-\n  ${withPart(body(dice, writes)).replaceAll("\n", "\n  ")}\n`,
      ),
    );
  return [
    file("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\nappVersion: '2'\n"),
    file("values.yaml", JSON.stringify(standard)),
    file("conf/a.txt", "of a file\n"),
    file("templates/_parts.tpl", `{{ define "leaf" }}{{ .Values.name }}{{ end }}${partials.join("")}`),
    ...templates(""),
    file("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 2.0.0\n"),
    file(
      "charts/db/values.yaml",
      "name: d\ncount: 2\nplain: '{{ .Values.count }}'\nmap: {a: x}\nglobal: {deep: {tag: v0}}\n",
    ),
    ...templates("charts/db/"),
  ];
}

interface Request {
  readonly values: GoMap;
  readonly name: string;
  readonly kubeVersion: string;
  readonly round: number;
}

/** Returns what a render prints, or why it fails. */
function outcome(chart: Chart, { values, name, kubeVersion, round }: Request): unknown {
  const release = { name, namespace: "ns", revision: 1, isUpgrade: false };
  const execute = { now: () => round * 1000, lookup: () => new Map([["round", String(round)]]) };
  try {
    const rendered = renderChart({ chart, values: [values], release, kubeVersion, execute });
    return rendered.manifests;
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}

function request(dice: Dice, values: Values, round: number): Request {
  const name = dice.pick(["rel", "rel", "rel", "other"]);
  const kubeVersion = dice.pick(["v1.30.0", "v1.30.0", "v1.31.0"]);
  return { values: valuesOf(values), name, kubeVersion, round };
}

const wholeReader = "v: {{ toJson .Values | quote }}\nc: {{ toJson .Chart | quote }}\n";
const reader =
  "c: {{ .Chart.Name }}{{ .Extra }}\nr: {{ .Release.Name }}\nm: {{ (.Values.map).a }}\ng: {{ (.Values.global).cluster }}\n" +
  "n: {{ .Values.name }}\ns: {{ range $name, $sub := .Subcharts }}{{ $name }} {{ $sub.Values.name }}{{ end }}\n";
const scalars =
  "m: {{ .Values.map.a }}\nb: {{ .Values.map.b.extra }}\ng: {{ .Values.global.cluster }}\nn: {{ .Values.name }}\n";

/** What comes after a piece in the order of rendering must see what it changed, what comes before must not. */
function filesAround(piece: string): ChartFile[] {
  return [
    file("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
    file("values.yaml", JSON.stringify(standard)),
    file("templates/_parts.tpl", `{{ define "leaf" }}{{ .Values.name }}{{ end }}{{ define "p0" }}${piece}{{ end }}`),
    file("templates/s0.yaml", wholeReader),
    file("templates/s1.yaml", `p: {{ include "p0" . | toJson }}\nq: {{ include "p0" $ | toJson }}\n`),
    file("templates/t0.yaml", reader),
    file("templates/t00.yaml", scalars),
    file("templates/t1.yaml", `text: {{ include "p0" . | toJson }}\n`),
    file("templates/t2.yaml", reader),
    file("templates/t3.yaml", scalars),
    file("templates/t4.yaml", wholeReader),
    file("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 2.0.0\n"),
    file("charts/db/templates/t3.yaml", "v: {{ toJson .Values | quote }}\n"),
  ];
}

describe("a chart that is kept for other values", () => {
  it.each([...remembered, ...writing])("comes out as one that is loaded anew: %s", (piece) => {
    const files = filesAround(piece.replaceAll("PART", "leaf").replaceAll("t0.txt.yaml", "t2.yaml"));
    const kept = loadChart(files);
    for (const [round, count] of [1, 1, 2, 2, 3, 1, 2, 3].entries()) {
      const values = valuesOf({ count, global: { cluster: round < 4 ? "c1" : "c2" } });
      const asked = { values, name: "rel", kubeVersion: round === 3 ? "v1.31.0" : "v1.30.0", round };
      const found = outcome(kept, asked);
      expect(found, `render ${round}`).toEqual(outcome(loadChart(files), asked));
      expect(found).toBeInstanceOf(Array);
    }
  });

  it.each([1, 2])(
    "comes out as one that is loaded anew, whatever it is made of (seed %i)",
    { timeout: 60_000 },
    (seed) => {
      let rendered = 0;
      for (let index = 0; index < charts; index++) {
        const dice = seededDice(seed * 100_000 + index);
        const files = randomFiles(dice);
        const kept = loadChart(files);
        const values: Values = {};
        for (let round = 0; round < rendersOfEach; round++) {
          for (let count = dice.below(3); count > 0; count--) dice.pick(changes)(values, dice);
          const asked = request(dice, values, round);
          const found = outcome(kept, asked);
          expect(found, `chart ${seed * 100_000 + index}, render ${round}`).toEqual(outcome(loadChart(files), asked));
          if (typeof found !== "string") rendered++;
        }
      }
      expect(rendered).toBeGreaterThan((charts * rendersOfEach) / 5);
    },
  );
});
