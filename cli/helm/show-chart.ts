import { type Chart, placeCharts } from "../../helm/chart/chart.ts";
import { printMetadata } from "../../helm/chart/print-metadata.ts";
import { fromBytes } from "../../helm/template/go-string.ts";

/** Parts of a chart that can be shown. */
export const chartParts = ["all", "chart", "values", "readme", "crds"] as const;
export type ChartPart = (typeof chartParts)[number];

const readmeNames = new Set(["readme.md", "readme.txt", "readme"]);

/** Returns what `helm show` prints of a chart, byte for byte. */
export function showChart(chart: Chart, part: ChartPart): string {
  const isAll = part === "all";
  const sections: string[] = [];
  if (isAll || part === "chart") sections.push(`${printMetadata(chart.metadata)}\n`);
  if ((isAll || part === "values") && chart.valuesText !== undefined) {
    sections.push(`${isAll ? "---\n" : ""}${chart.valuesText}\n`);
  }
  const readme = chart.files.find(({ name }) => readmeNames.has(name.toLowerCase()));
  if ((isAll || part === "readme") && readme !== undefined) {
    sections.push(`${isAll ? "---\n" : ""}${fromBytes(readme.data)}\n`);
  }
  if (isAll || part === "crds") sections.push(...definitionsOf(chart));
  return sections.join("");
}

function definitionsOf(root: Chart): string[] {
  return placeCharts(root).flatMap(({ chart }) =>
    chart.files
      .filter(({ name }) => name.startsWith("crds/") && /\.(?:ya?ml|json)$/i.test(name))
      .map(({ data }) => fromBytes(data))
      .map((text) => `${text.startsWith("---") ? "" : "---\n"}${text}\n`),
  );
}
