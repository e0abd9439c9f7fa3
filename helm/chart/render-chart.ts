import { type CapabilityFacts, createCapabilities } from "../functions/objects/capabilities.ts";
import { fromBytes } from "../template/go-string.ts";
import { type GoMap, type GoValue, goInt } from "../template/go-value.ts";
import { createRun, withRun } from "../template/run-cost.ts";
import type { ExecuteOptions, Run } from "../template/scope.ts";
import { type Chart, placeCharts } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { mergeMaps } from "./chart-values.ts";
import { coalesceValues } from "./coalesce-values.ts";
import { defaultApiVersions, defaultKubeVersion, helmBuild, normalKubeVersion } from "./default-capabilities.ts";
import { type PostRender, postRenderFiles } from "./post-render.ts";
import { isCompatible, processDependencies } from "./process-dependencies.ts";
import { checkReleaseName } from "./release-name.ts";
import { type CompiledCharts, renderTemplates } from "./render-templates.ts";
import { createManifestHeads, type ManifestHeads, sortManifests, type SortedManifests } from "./sort-manifests.ts";
import { validateValues } from "./validate-values.ts";

/** What `.Release` says. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly isUpgrade: boolean;
}

/** What a chart is rendered with. */
export interface RenderChartInput {
  readonly chart: Chart;
  /** Values in layers; later ones win, null deletes a default of the chart. */
  readonly values: readonly GoMap[];
  readonly release: Release;
  /** Version of the cluster; Helm's own without one. */
  readonly kubeVersion?: string | undefined;
  /** What the cluster serves, as `apps/v1` and `apps/v1/Deployment`; Helm's own list without it. */
  readonly apiVersions?: readonly string[] | undefined;
  readonly skipSchemaValidation?: boolean | undefined;
  /** Changes all that was rendered before it is sorted; see `postRenderFiles`. */
  readonly postRender?: PostRender | undefined;
  /** Limits, random source, `lookup`, clock: see `ExecuteOptions`. */
  readonly execute?: ExecuteOptions | undefined;
}

/** One file of a `crds/` directory, as it stands in the chart. */
export interface ChartDefinition {
  readonly source: string;
  readonly content: string;
}

/** What a chart comes to: manifests and hooks in the order in which Helm prints them. */
export interface RenderedChart extends SortedManifests {
  /** The chart as its values want it: its subcharts under their aliases, those that are off left out. */
  readonly chart: Chart;
  readonly crds: readonly ChartDefinition[];
  /** What NOTES.txt of the chart itself says. */
  readonly notes: string;
  readonly warnings: readonly string[];
}

/** What renders of one loaded chart share. */
interface ChartMemory {
  readonly compiled: CompiledCharts;
  readonly heads: ManifestHeads;
  /** Those of the last render. */
  capabilities?: { readonly facts: CapabilityFacts; readonly object: GoValue };
}

const memories = new WeakMap<Chart, ChartMemory>();

/**
 * Returns what `helm template` makes of a chart. Templates are compiled once per loaded chart: keep the chart to render it
 * again. Throws `ChartError` with Helm's words.
 */
export function renderChart(input: RenderChartInput): RenderedChart {
  const run = createRun(input.execute ?? {});
  return withRun(run, () => renderWithin(run, input));
}

function renderWithin(run: Run, input: RenderChartInput): RenderedChart {
  const { release } = input;
  const warnings = [...input.chart.warnings];
  const warn = (message: string): void => void warnings.push(message);
  checkReleaseName(release.name);
  const given = input.values.reduce<GoMap>((base, layer) => mergeMaps(base, layer), new Map());
  const chart = withDependencies(input.chart, given, warn);
  const values = coalesceValues(chart, given, warn);
  if (input.skipSchemaValidation !== true) validateValues(chart, values);
  const kubeVersion = input.kubeVersion ?? defaultKubeVersion;
  checkKubeVersion(chart, kubeVersion);
  const apiVersions = input.apiVersions ?? defaultApiVersions;
  const memory = memoryOf(input.chart);
  const { compiled, heads } = memory;
  const scope = {
    values,
    release: releaseObject(release),
    capabilities: capabilitiesOf(memory, { kubeVersion, apiVersions, helm: helmBuild }),
  };
  const files = renderTemplates(chart, scope, { run, compiled });
  const notes = files.get(`${chart.metadata.name}/templates/NOTES.txt`) ?? "";
  for (const path of files.keys()) if (path.endsWith("NOTES.txt")) files.delete(path);
  const final = input.postRender === undefined ? files : postRenderFiles(files, input.postRender);
  return { ...sortManifests(final, heads), chart, crds: definitionsOf(chart), notes, warnings };
}

function withDependencies(chart: Chart, given: GoMap, warn: (message: string) => void): Chart {
  try {
    return processDependencies(chart, given, warn);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(error.stage, `chart dependencies processing failed: ${error.message}`, error);
  }
}

function memoryOf(chart: Chart): ChartMemory {
  const known = memories.get(chart);
  if (known !== undefined) return known;
  const memory: ChartMemory = { compiled: { sets: new Map() }, heads: createManifestHeads() };
  memories.set(chart, memory);
  return memory;
}

/** The same object while the facts are the same: what was made of it need not be made again. */
function capabilitiesOf(memory: ChartMemory, facts: CapabilityFacts): GoValue {
  const last = memory.capabilities;
  if (last !== undefined && isSameCluster(last.facts, facts)) return last.object;
  const object = createCapabilities(facts);
  memory.capabilities = { facts: { ...facts, apiVersions: [...facts.apiVersions] }, object };
  return object;
}

function isSameCluster(a: CapabilityFacts, b: CapabilityFacts): boolean {
  return (
    a.kubeVersion === b.kubeVersion &&
    a.apiVersions.length === b.apiVersions.length &&
    a.apiVersions.every((version, index) => version === b.apiVersions[index])
  );
}

function releaseObject(release: Release): GoMap {
  return new Map<string, GoValue>([
    ["Name", release.name],
    ["Namespace", release.namespace],
    ["IsUpgrade", release.isUpgrade],
    ["IsInstall", !release.isUpgrade],
    ["Revision", goInt(release.revision)],
    ["Service", "Helm"],
  ]);
}

function checkKubeVersion(chart: Chart, version: string): void {
  const { kubeVersion } = chart.metadata;
  if (kubeVersion === "" || isCompatible(kubeVersion, normalKubeVersion(version) ?? version)) return;
  throw new ChartError(
    "render",
    `chart requires kubeVersion: ${kubeVersion} which is incompatible with Kubernetes ${version}`,
  );
}

function definitionsOf(root: Chart): ChartDefinition[] {
  return placeCharts(root).flatMap(({ chart, path }) =>
    chart.files
      .filter(({ name }) => name.startsWith("crds/") && /\.(?:ya?ml|json)$/i.test(name))
      .map(({ name, data }) => ({ source: `${path}/${name}`, content: fromBytes(data) })),
  );
}
