import { describeTemplateError } from "../functions/describe-template-error.ts";
import { ChartFiles } from "../functions/objects/chart-files.ts";
import { ValuesMap } from "../functions/objects/values-map.ts";
import { helmFunctions } from "../functions/registry.ts";
import { compileTemplates, startRun } from "../template/compile-template.ts";
import { RenderMemory } from "../template/render-memory.ts";
import type { SpecialNames } from "../template/map-reads.ts";
import type { GoMap, GoValue } from "../template/go-value.ts";
import type { StatementTracer } from "../template/render-trace.ts";
import type { Run } from "../template/scope.ts";
import { TemplateExecError, TemplateLimitError, TemplateParseError } from "../template/template-error.ts";
import type { TemplateSet } from "../template/template-set.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { chartObject } from "./chart-object.ts";
import { tableAt } from "./chart-values.ts";
import {
  type ChartTemplates,
  haveSameTemplates,
  type OrderedTemplate,
  orderTemplates,
  placeTemplates,
} from "./place-templates.ts";
import { WatchedValues } from "./watched-values.ts";
import { withinLimits } from "./within-limits.ts";

/** What all templates of a release see alike. */
export interface ReleaseScope {
  readonly values: GoMap;
  readonly release: GoMap;
  readonly capabilities: GoValue;
}

/** The templates of a chart and what they are given. */
interface ScopedTemplates extends ChartTemplates {
  readonly scope: ValuesMap;
  readonly isRoot: boolean;
}

/** Which templates a release has, in order. */
interface Layout {
  readonly charts: readonly ChartTemplates[];
  readonly order: readonly OrderedTemplate[];
}

/** Compiled templates of a chart, by which of its subcharts are on; shared by all renders of the chart. */
export interface CompiledCharts {
  readonly sets: Map<string, TemplateSet>;
  /** What the last render made of which templates. */
  last?: { readonly layout: Layout; readonly set: TemplateSet; readonly memory: RenderMemory };
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
  const charts: ScopedTemplates[] = [];
  const watched: WatchedMap[] = [];
  const release = { ...scope, watched };
  collect(chart, charts, { release, path: chart.metadata.name, values: scope.values, isRoot: true });
  const rendered = new Map<string, string>();
  let memory: RenderMemory | undefined;
  try {
    const { run } = options;
    const { layout, set } = withinLimits("reading the templates", () => compiledLayout(charts, options));
    memory = memoryOf(layout, set, options);
    if (memory !== undefined) {
      memory.start();
      for (const { place, map, special } of watched) map.reads = memory.readsOf(place, map.base, special);
      run.memory = memory;
    }
    const { execute } = startRun(set, run.options, run);
    for (const { template, chart: index } of layout.order) {
      const owner = charts[index];
      if (template.isPartial || owner === undefined) continue;
      const { file, basePath } = template;
      const place = (): void => setTemplate(owner.scope, file.name, basePath);
      // What a subchart renders last is seen by its parents, even where it is known already.
      if (!owner.isRoot) place();
      rendered.set(file.name, withoutNoValue(execute(file.name, owner.scope, owner.isRoot ? place : undefined)));
    }
    memory?.finish();
  } catch (error) {
    memory?.forget();
    if (isTemplateError(error)) throw new ChartError("render", describeTemplateError(error), error);
    throw error;
  }
  return rendered;
}

function setTemplate(data: ValuesMap, name: string, basePath: string): void {
  const place: [string, GoValue][] = [
    ["Name", name],
    ["BasePath", basePath],
  ];
  data.set("Template", new ValuesMap(place));
}

function isTemplateError(error: unknown): boolean {
  return (
    error instanceof TemplateExecError || error instanceof TemplateParseError || error instanceof TemplateLimitError
  );
}

interface Compiled {
  readonly layout: Layout;
  readonly set: TemplateSet;
}

function compiledLayout(charts: readonly ScopedTemplates[], { run, compiled }: RenderTemplatesOptions): Compiled {
  const { tracer } = run.options;
  const { last } = compiled;
  if (tracer === undefined && last !== undefined && haveSameTemplates(last.layout.charts, charts)) return last;
  const order = orderTemplates(charts);
  const layout = { charts: charts.map(({ placed, isLibrary }) => ({ placed, isLibrary })), order };
  return { layout, set: compiledSet(order, tracer, compiled) };
}

function compiledSet(
  order: readonly OrderedTemplate[],
  tracer: StatementTracer | undefined,
  { sets }: CompiledCharts,
): TemplateSet {
  if (tracer !== undefined) return compile(order, tracer);
  const key = order.map(({ template }) => template.file.name).join("\n");
  const known = sets.get(key);
  if (known !== undefined) return known;
  const set = compile(order, undefined);
  if (sets.size >= maxCompiled) sets.clear();
  sets.set(key, set);
  return set;
}

/** A trace wants to see all of it run, and who hears of refusals wants to hear them each time. */
function memoryOf(
  layout: Layout,
  set: TemplateSet,
  { run, compiled }: RenderTemplatesOptions,
): RenderMemory | undefined {
  if (run.options.tracer !== undefined || run.options.onRefusal !== undefined) return undefined;
  const { last } = compiled;
  const memory = last?.set === set ? last.memory : new RenderMemory();
  compiled.last = { layout, set, memory };
  return memory;
}

function withoutNoValue(text: string): string {
  return text.includes("<no value>") ? text.replaceAll("<no value>", "") : text;
}

function compile(order: readonly OrderedTemplate[], tracer: StatementTracer | undefined): TemplateSet {
  const files = order.map(({ template }) => template.file);
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

function collect(chart: Chart, found: ScopedTemplates[], place: Place): GoMap {
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
  found.push({ placed: placeTemplates(chart.templates, chart.fullPath ?? path), isLibrary, scope, isRoot });
  return scope;
}

const chartFiles = new WeakMap<readonly ChartFile[], ChartFiles>();

/** The same for each render: templates can only read them. */
function filesOf({ files }: Chart): ChartFiles {
  const known = chartFiles.get(files) ?? new ChartFiles(files.map(({ name, data }) => [name, data] as const));
  chartFiles.set(files, known);
  return known;
}
