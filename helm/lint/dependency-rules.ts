import type { Chart } from "../chart/chart.ts";
import { ChartError } from "../chart/chart-error.ts";
import type { ChartFolder } from "./chart-folder.ts";
import { findings, type LintMessage } from "./lint-message.ts";

/** Returns where a chart's declared dependencies and its charts/ disagree (Helm: `rules.Dependencies`). */
export function dependencyRules(folder: ChartFolder): LintMessage[] {
  const chart = loadOrFault(folder);
  if (typeof chart === "string") return findings("ERROR", "", [`unable to load chart\n\t${chart}`]);
  const declared = (chart.metadata.dependencies ?? []).flatMap((entry) => entry ?? []);
  const declaredNames = declared.map(({ name }) => name);
  const present = chart.dependencies.map(({ metadata }) => metadata.name);
  const keys = declared.map(({ name, alias }) => (alias === "" ? name : alias));
  const { path } = folder;
  return [
    ...findings("ERROR", path, [
      listed("chart metadata is missing these dependencies", present, (name) => !declaredNames.includes(name)),
      listed("multiple dependencies with name or alias", keys, (key, at) => keys.indexOf(key) < at),
    ]),
    ...findings("WARNING", path, [
      listed("chart directory is missing these dependencies", declaredNames, (name) => !present.includes(name)),
    ]),
  ];
}

/** Returns the chart, or why it cannot be loaded. */
export function loadOrFault(folder: ChartFolder): Chart | string {
  try {
    return folder.load();
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}

function listed(
  what: string,
  names: readonly string[],
  isMeant: (name: string, at: number) => boolean,
): string | undefined {
  const meant = names.filter((name, at) => isMeant(name, at));
  return meant.length === 0 ? undefined : `${what}: ${meant.join(",")}`;
}
