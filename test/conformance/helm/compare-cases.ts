import { toBytes } from "../../../helm/template/go-string.ts";
import { failWithHelm, renderWithHelm } from "./helm-oracle.ts";
import { type CaseChart, renderCases } from "./render-case.ts";

/** How a set of cases compares with Helm. */
export interface Comparison {
  /** Cases whose bytes or faults differ, with both results. */
  readonly differences: readonly string[];
  /** Cases that both rendered to the same bytes. */
  readonly equal: number;
  /** Cases that both refused with the same words. */
  readonly refused: number;
}

/** Renders cases with our engine and with Helm and compares them; of those that fail, up to `maxFaults` are tried with Helm. */
export async function compareCases(chart: CaseChart, maxFaults: number): Promise<Comparison> {
  const ours = renderCases(chart);
  const rendered = ours.flatMap((result, index) => ("base64" in result ? [index] : []));
  const failed = ours.flatMap((result, index) => ("fault" in result ? [index] : []));
  const theirs = await renderWithHelm(chart, rendered);
  const differences: string[] = [];
  for (const index of rendered) {
    const result = ours[index];
    const our = result !== undefined && "base64" in result ? result.base64 : "";
    const their = theirs.get(index) ?? "";
    if (our !== their) differences.push(difference(chart.cases[index] ?? "", plain(our), plain(their)));
  }
  let refused = 0;
  for (const index of failed.slice(0, maxFaults)) {
    const result = ours[index];
    const our = withoutPlace(result !== undefined && "fault" in result ? result.fault : "");
    const helm = await failWithHelm(chart, index);
    const their = withoutPlace("fault" in helm ? helm.fault : `prints ${plain(helm.base64)}`);
    if (our === their) refused++;
    else differences.push(difference(chart.cases[index] ?? "", our, their));
  }
  return { differences, equal: rendered.length, refused };
}

/**
 * What a chart refuses is placed by Helm at the outermost template, which is the chart's around the case. What Helm writes
 * in bytes that are no characters is read with replacements.
 */
function withoutPlace(fault: string): string {
  return Buffer.from(toBytes(fault))
    .toString("utf8")
    .replace(/^execution error at \([^)]*\)/, "execution error");
}

function plain(base64: string): string {
  return Buffer.from(base64, "base64").toString("latin1");
}

function difference(...[template, ours, theirs]: [string, string, string]): string {
  return `${template}\n  ours: ${ours}\n  helm: ${theirs}`;
}
