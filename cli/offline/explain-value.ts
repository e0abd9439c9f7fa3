import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import { placeCharts } from "../../helm/chart/chart.ts";
import { findDefaults } from "../../helm/chart/find-defaults.ts";
import type { TracedChart } from "../../shared/render/chart/trace-chart.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import { readText } from "../../shared/render/raw/read-text.ts";
import { type ExplainStep, explainOption, type OptionPath } from "./explain-option.ts";
import type { UsedValue } from "./match-reads.ts";
import type { Targeted } from "./target-all.ts";

/** A chart that was rendered for one bundle on one cluster. */
export interface ExplainedChart {
  readonly targeted: Targeted;
  readonly tree: RepoTree;
  readonly traced: TracedChart;
  /** Returns where a file of the chart stands for people: in the repository, or in the chart that was fetched. */
  readonly positionOf: (file: string) => string;
  /** Path of the chart's files among the bundle's, with a slash at its end unless it is "". */
  readonly prefix: string;
}

/** Returns the steps by which something that a template read came about; the last one decides. */
export function explainValue(used: UsedValue, chart: ExplainedChart): readonly ExplainStep[] {
  if (used.object === "Values") return valueSteps(used, chart);
  if (used.object === "Chart") return [chartFileStep(used, chart)];
  return releaseSteps(used, chart);
}

function valueSteps({ path, value }: UsedValue, chart: ExplainedChart): ExplainStep[] {
  const { targeted, tree, traced, positionOf } = chart;
  const key = `.Values.${keyOf(path)}`;
  const asked = [path, ...globalPaths(path, traced)];
  const steps: ExplainStep[] = [
    ...findDefaults(traced.chart, path).map((place) => ({
      rule: `${key}: default of the chart`,
      position: { file: positionOf(place.file), line: place.line, column: place.column },
      value: place.value,
    })),
    ...asked.flatMap((one) =>
      explainOption(targeted, tree, ["helm", "values", ...one]).map((step) => ({
        ...step,
        rule: `.Values.${keyOf(one)}: ${step.rule}`,
      })),
    ),
  ];
  const last = steps.at(-1)?.value;
  if (value === undefined)
    return steps.length > 0 ? steps : [{ rule: `${key}: read, and nothing sets it`, position: {} }];
  if (stableJson(last ?? null) === stableJson(value)) return steps;
  const found = steps.findLastIndex((step) => stableJson(step.value ?? null) === stableJson(value));
  // A null in the options takes a default away, a template may set what no file has.
  if (found >= 0) return steps.slice(0, found + 1);
  return [...steps, { rule: `${key}: merged or set while rendering`, position: {}, value }];
}

/** What a subchart reads as its global is what the charts above it say, the root chart above all. */
function globalPaths(path: OptionPath, { chart }: TracedChart): OptionPath[] {
  const at = path.indexOf("global");
  const owners = path.slice(0, Math.max(at, 0));
  let charts = [chart];
  for (const name of owners) {
    charts = charts.flatMap(({ dependencies }) => dependencies.filter(({ metadata }) => metadata.name === name));
    if (charts.length === 0) return [];
  }
  return owners.map((_, index) => [...owners.slice(0, owners.length - index - 1), ...path.slice(at)]);
}

/** Chart.yaml spells its fields with a small letter. */
function chartFileStep({ chart: place, path, value }: UsedValue, chart: ExplainedChart): ExplainStep {
  const [first = "", ...rest] = path.map(String);
  const folder = folderOf(place, chart);
  const file = folder === "" ? "Chart.yaml" : `${folder}/Chart.yaml`;
  const spelled = [first === "APIVersion" ? "apiVersion" : first.charAt(0).toLowerCase() + first.slice(1), ...rest];
  return {
    rule: `.Chart.${keyOf(path)}`,
    position: { file: chart.positionOf(file), ...lineIn(file, spelled, chart) },
    ...(value === undefined ? {} : { value }),
  };
}

function lineIn(file: string, path: OptionPath, { targeted, prefix }: ExplainedChart): SourcePosition {
  const resource = targeted.assembled.content.resources.find(({ name }) => name === `${prefix}${file}`);
  if (resource === undefined || resource.encoding !== undefined) return {};
  try {
    const { line, column } = parseFirstYaml(readText(resource).text)?.positionOf(path) ?? {};
    return line === undefined || column === undefined ? {} : { line, column };
  } catch (error) {
    if (error instanceof CodecError) return {};
    throw error;
  }
}

/** Returns the folder of a chart among those of the release, "" for the release's own. */
export function folderOf(place: string, { traced }: Pick<ExplainedChart, "traced">): string {
  const names = place.split("/charts/").slice(1);
  let { chart } = traced;
  const folders: string[] = [];
  for (const name of names) {
    const child = placeCharts(chart).find((one) => one.chart !== chart && one.chart.metadata.name === name);
    folders.push(child?.chart.folder ?? `charts/${name}`);
    if (child !== undefined) ({ chart } = child);
  }
  return folders.join("/");
}

function releaseSteps({ path, value }: UsedValue, { targeted, tree }: ExplainedChart): ExplainStep[] {
  const key = `.Release.${keyOf(path)}`;
  const shown = value === undefined ? {} : { value };
  const { options } = targeted.entry.deployment ?? {};
  const option = releaseOption(path[0], options?.namespace !== undefined);
  const steps = option === undefined ? [] : explainOption(targeted, tree, option);
  if (steps.length > 0) return steps.map((step) => ({ ...step, rule: `${key}: ${step.rule}` }));
  const rule = path[0] === "Name" ? "from the name of the bundle" : "as for a first installation";
  return [{ rule: `${key}: ${rule}`, position: {}, ...shown }];
}

function releaseOption(name: string | number | undefined, isForced: boolean): OptionPath | undefined {
  if (name === "Name") return ["helm", "releaseName"];
  if (name === "Namespace") return [isForced ? "namespace" : "defaultNamespace"];
  return undefined;
}

/** Returns a path as people write it: `a.b[0]["c.d"]`. */
export function keyOf(path: OptionPath): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w/-]+$/u.test(step)) return `["${step}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

/** Returns a value for a step, which has none where the field is taken away. */
export function shownValue(value: JsonValue | undefined): Pick<ExplainStep, "value"> {
  return value === undefined ? {} : { value };
}
