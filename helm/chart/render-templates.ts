import { posix } from "node:path";
import { describeTemplateError } from "../functions/describe-template-error.ts";
import { ChartFiles } from "../functions/objects/chart-files.ts";
import { ValuesMap } from "../functions/objects/values-map.ts";
import { helmFunctions } from "../functions/registry.ts";
import { compileTemplates, startRun, type TemplateFile } from "../template/compile-template.ts";
import { fromBytes } from "../template/go-string.ts";
import type { GoMap, GoValue } from "../template/go-value.ts";
import type { StatementTracer } from "../template/render-trace.ts";
import type { Run } from "../template/scope.ts";
import { TemplateExecError, TemplateLimitError, TemplateParseError } from "../template/template-error.ts";
import type { TemplateSet } from "../template/template-set.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { chartObject } from "./chart-object.ts";
import { tableAt } from "./chart-values.ts";
import { LinkedValues } from "./linked-values.ts";
import { withinLimits } from "./within-limits.ts";

/** What all templates of a release see alike. */
export interface ReleaseScope {
  readonly values: GoMap;
  readonly release: GoMap;
  readonly capabilities: GoValue;
}

/** A template file at its place in a release. */
interface PlacedTemplate {
  readonly file: TemplateFile;
  readonly basePath: string;
  readonly depth: number;
  readonly isPartial: boolean;
}

interface Renderable extends PlacedTemplate {
  readonly scope: ValuesMap;
}

/** Compiled templates of a chart, by which of its subcharts are on; shared by all renders of the chart. */
export type CompiledCharts = Map<string, TemplateSet>;

const maxCompiled = 16;

interface RenderTemplatesOptions {
  /** What has been spent so far, and the caller's options. */
  readonly run: Run;
  readonly compiled: CompiledCharts;
}

/**
 * Returns what each template file writes, by its path as `web/charts/db/templates/x.yaml`; partials are left out (Helm:
 * `Engine.Render`). Throws `ChartError` with Helm's account of the failure.
 */
export function renderTemplates(
  chart: Chart,
  scope: ReleaseScope,
  options: RenderTemplatesOptions,
): Map<string, string> {
  const renderables = new Map<string, Renderable>();
  collect(chart, renderables, { ...scope, path: chart.metadata.name, parent: undefined });
  const sorted = [...renderables.values()].toSorted(compareDepth);
  const rendered = new Map<string, string>();
  try {
    const set = withinLimits("reading the templates", () => compiledSet(sorted, options));
    const run = startRun(set, options.run.options, options.run);
    for (const { file, scope: data, basePath, isPartial } of sorted) {
      if (isPartial) continue;
      const place: [string, GoValue][] = [
        ["Name", file.name],
        ["BasePath", basePath],
      ];
      data.set("Template", new ValuesMap(place));
      rendered.set(file.name, run.execute(file.name, data).replaceAll("<no value>", ""));
    }
  } catch (error) {
    if (isTemplateError(error)) throw new ChartError("render", describeTemplateError(error), error);
    throw error;
  }
  return rendered;
}

function isTemplateError(error: unknown): boolean {
  return (
    error instanceof TemplateExecError || error instanceof TemplateParseError || error instanceof TemplateLimitError
  );
}

function compiledSet(sorted: readonly Renderable[], { run, compiled }: RenderTemplatesOptions): TemplateSet {
  const { tracer } = run.options;
  if (tracer !== undefined) return compile(sorted, tracer);
  const key = sorted.map(({ file }) => file.name).join("\n");
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const set = compile(sorted, undefined);
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(key, set);
  return set;
}

function compile(sorted: readonly Renderable[], tracer: StatementTracer | undefined): TemplateSet {
  const files = sorted.map(({ file }) => file);
  return compileTemplates(files, { functions: helmFunctions, missingKey: "zero", tracer });
}

interface Place extends ReleaseScope {
  readonly path: string;
  readonly parent: GoMap | undefined;
}

function collect(chart: Chart, found: Map<string, Renderable>, place: Place): GoMap {
  const { path, parent } = place;
  const subcharts: GoMap = new Map();
  const scope = new ValuesMap([
    ["Chart", chartObject(chart.metadata, parent === undefined)],
    ["Files", new ChartFiles(chart.files.map(({ name, data }) => [name, data] as const))],
    ["Release", place.release],
    ["Capabilities", place.capabilities],
    ["Values", valuesFor(chart, place)],
    ["Subcharts", subcharts],
  ]);
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    subcharts.set(name, collect(child, found, { ...place, path: `${path}/charts/${name}`, parent: scope }));
  }
  const isLibrary = chart.metadata.type.toLowerCase() === "library";
  for (const placed of placeTemplates(chart.templates, path)) {
    if (!isLibrary || placed.isPartial) found.set(placed.file.name, { ...placed, scope });
  }
  return scope;
}

const places = new WeakMap<readonly ChartFile[], Map<string, readonly PlacedTemplate[]>>();

/** Named and decoded once per loaded chart and place. */
function placeTemplates(templates: readonly ChartFile[], path: string): readonly PlacedTemplate[] {
  const byPath = places.get(templates) ?? new Map<string, readonly PlacedTemplate[]>();
  places.set(templates, byPath);
  const known = byPath.get(path);
  if (known !== undefined) return known;
  const placed = templates.map((template) => {
    const name = posix.join(path, template.name);
    return {
      file: { name, text: fromBytes(template.data) },
      basePath: posix.join(path, "templates"),
      depth: name.split("/").length,
      isPartial: posix.basename(name).startsWith("_"),
    };
  });
  byPath.set(path, placed);
  return placed;
}

function valuesFor(chart: Chart, { parent, values }: Place): ValuesMap {
  if (parent === undefined) return new ValuesMap(values);
  return new LinkedValues(tableAt(parent, `Values.${chart.metadata.name}`) ?? new Map());
}

/** Deeper files come first, those of one depth in reverse order of their names, so that parents' definitions win. */
function compareDepth(a: Renderable, b: Renderable): number {
  if (a.depth !== b.depth) return b.depth - a.depth;
  return a.file.name < b.file.name ? 1 : -1;
}
