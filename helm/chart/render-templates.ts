import { posix } from "node:path";
import { describeTemplateError } from "../functions/describe-template-error.ts";
import { ChartFiles } from "../functions/objects/chart-files.ts";
import { ValuesMap } from "../functions/objects/values-map.ts";
import { helmFunctions } from "../functions/registry.ts";
import { compileTemplates, startRun, type TemplateFile } from "../template/compile-template.ts";
import { RenderMemory } from "../template/render-memory.ts";
import type { SpecialNames } from "../template/map-reads.ts";
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
import { WatchedValues } from "./watched-values.ts";
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
export interface CompiledCharts {
  readonly sets: Map<string, TemplateSet>;
  /** What the last render made of which set. */
  last?: { readonly set: TemplateSet; readonly memory: RenderMemory };
}

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
  const watched: WatchedMap[] = [];
  const release = { ...scope, watched };
  collect(chart, renderables, { release, path: chart.metadata.name, values: scope.values, isRoot: true });
  const sorted = [...renderables.values()].toSorted(compareDepth);
  const rendered = new Map<string, string>();
  let memory: RenderMemory | undefined;
  try {
    const { run } = options;
    const set = withinLimits("reading the templates", () => compiledSet(sorted, options));
    memory = memoryOf(set, options);
    if (memory !== undefined) {
      memory.start();
      for (const { place, map, special } of watched) map.reads = memory.readsOf(place, map.base, special);
      run.memory = memory;
    }
    const { execute } = startRun(set, run.options, run);
    for (const { file, scope: data, basePath, isPartial } of sorted) {
      if (isPartial) continue;
      const place: [string, GoValue][] = [
        ["Name", file.name],
        ["BasePath", basePath],
      ];
      data.set("Template", new ValuesMap(place));
      rendered.set(file.name, withoutNoValue(execute(file.name, data)));
    }
    memory?.finish();
  } catch (error) {
    memory?.forget();
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
  const known = compiled.sets.get(key);
  if (known !== undefined) return known;
  const set = compile(sorted, undefined);
  if (compiled.sets.size >= maxCompiled) compiled.sets.clear();
  compiled.sets.set(key, set);
  return set;
}

/** A trace wants to see all of it run, and who hears of refusals wants to hear them each time. */
function memoryOf(set: TemplateSet, { run, compiled }: RenderTemplatesOptions): RenderMemory | undefined {
  if (run.options.tracer !== undefined || run.options.onRefusal !== undefined) return undefined;
  if (compiled.last?.set !== set) compiled.last = { set, memory: new RenderMemory() };
  return compiled.last.memory;
}

function withoutNoValue(text: string): string {
  return text.includes("<no value>") ? text.replaceAll("<no value>", "") : text;
}

function compile(sorted: readonly Renderable[], tracer: StatementTracer | undefined): TemplateSet {
  const files = sorted.map(({ file }) => file);
  return compileTemplates(files, { functions: helmFunctions, missingKey: "zero", tracer });
}

/** A map that all templates of a release see. */
interface WatchedMap {
  readonly place: string;
  readonly map: WatchedValues;
  readonly special?: SpecialNames;
}

interface Place {
  readonly release: ReleaseScope & { readonly watched: WatchedMap[] };
  readonly path: string;
  /** The values of the chart at this place: those of a subchart are a part of its parent's. */
  readonly values: GoMap;
  readonly isRoot: boolean;
}

const specialNames: SpecialNames = new Map([
  ["Template", "file"],
  ["Subcharts", "never"],
]);

function collect(chart: Chart, found: Map<string, Renderable>, place: Place): GoMap {
  const { path, release, values, isRoot } = place;
  const subcharts: GoMap = new Map();
  const own = new WatchedValues(values);
  const scope = new WatchedValues(
    new Map<string, GoValue>([
      ["Chart", chartObject(chart.metadata, isRoot)],
      ["Files", filesOf(chart)],
      ["Release", release.release],
      ["Capabilities", release.capabilities],
      ["Values", own],
      ["Subcharts", subcharts],
    ]),
  );
  release.watched.push({ place: path, map: scope, special: specialNames }, { place: `${path} values`, map: own });
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    const below = {
      release,
      path: `${path}/charts/${name}`,
      values: tableAt(values, name) ?? new Map(),
      isRoot: false,
    };
    subcharts.set(name, collect(child, found, below));
  }
  const isLibrary = chart.metadata.type.toLowerCase() === "library";
  for (const placed of placeTemplates(chart.templates, chart.fullPath ?? path)) {
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

const chartFiles = new WeakMap<readonly ChartFile[], ChartFiles>();

/** The same for each render: templates can only read them. */
function filesOf({ files }: Chart): ChartFiles {
  const known = chartFiles.get(files) ?? new ChartFiles(files.map(({ name, data }) => [name, data] as const));
  chartFiles.set(files, known);
  return known;
}

/** Deeper files come first, those of one depth in reverse order of their names, so that parents' definitions win. */
function compareDepth(a: Renderable, b: Renderable): number {
  if (a.depth !== b.depth) return b.depth - a.depth;
  return a.file.name < b.file.name ? 1 : -1;
}
