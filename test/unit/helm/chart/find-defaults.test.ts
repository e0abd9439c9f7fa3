import { expect, it } from "vitest";
import { printJson } from "../../../../codec/print-json.ts";
import { findDefaults } from "../../../../helm/chart/find-defaults.ts";
import { loadChart } from "../../../../helm/chart/load-chart.ts";
import { renderChart } from "../../../../helm/chart/render-chart.ts";

const files: Readonly<Record<string, string>> = {
  "Chart.yaml": `apiVersion: v2
name: web
version: 1.0.0
dependencies:
- { name: database, alias: db, version: 0.1.0, import-values: [{ child: net, parent: network }] }
`,
  "values.yaml": "size: 1\ndb:\n  size: 10\nglobal:\n  zone: a\n",
  "charts/database-x/Chart.yaml": "apiVersion: v2\nname: database\nversion: 0.1.0\n",
  "charts/database-x/values.yaml": "size: 5\nnet: { port: 5432 }\nglobal: { zone: b, tier: c }\n",
};
const release = { name: "r", namespace: "n", revision: 1, isUpgrade: false };
const loaded = loadChart(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })));
const { chart } = renderChart({ chart: loaded, values: [], release });

const cases = [
  { name: "a default of the chart", path: "size", found: ["values.yaml:1 1"] },
  {
    name: "a parent's over its subchart's, by the folder that it has",
    path: "db.size",
    found: ["charts/database-x/values.yaml:1 5", "values.yaml:3 10"],
  },
  {
    name: "the root's global over a subchart's",
    path: "db.global.zone",
    found: ["charts/database-x/values.yaml:3 b", "values.yaml:5 a"],
  },
  { name: "a global of the subchart alone", path: "db.global.tier", found: ["charts/database-x/values.yaml:3 c"] },
  { name: "what is imported from a subchart", path: "network.port", found: ["charts/database-x/values.yaml:2 5432"] },
  { name: "nothing where there is nothing", path: "db.none", found: [] },
];

it.each(cases)("finds $name", ({ path, found }) => {
  const places = findDefaults(chart, path.split("."));
  expect(places.map(({ file, line, value }) => `${file}:${line} ${printJson(value).replaceAll(`"`, "")}`)).toEqual(
    found,
  );
});
