import { type Chart, placeCharts } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { defaultApiVersions } from "../../helm/chart/default-capabilities.ts";
import { missingDependencies } from "../../helm/chart/dependencies/complete-chart.ts";
import { compilePathPattern } from "../../helm/chart/match-path.ts";
import type { PostRender } from "../../helm/chart/post-render.ts";
import { renderChart, type RenderedChart } from "../../helm/chart/render-chart.ts";
import { splitManifests } from "../../helm/chart/split-manifests.ts";
import type { GoMap } from "../../helm/template/go-value.ts";

/** What `drover helm template` was asked for. */
export interface TemplateRequest {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly name: string;
  readonly namespace: string;
  /** With its `v`; Helm's own without it. */
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly isUpgrade: boolean;
  readonly includeCrds: boolean;
  readonly noHooks: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  /** Patterns of the templates to show; none shows all. */
  readonly showOnly: readonly string[];
  /** Write files instead of printing documents; those of templates below a folder: `web/`, or "" for none. */
  readonly output?: { readonly releaseFolder: string } | undefined;
  /** CPU time that the render may take, in milliseconds; the engine's default without it. */
  readonly cpuMs?: number | undefined;
  /** Changes all that was rendered before it is sorted: `--post-renderer`. */
  readonly postRender?: PostRender | undefined;
  /** Addresses for `getHostByName`; without it they are empty. */
  readonly resolveHost?: ((name: string) => string) | undefined;
}

/** A file with what a template gives, its path relative to the folder of the output. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** Files, text for stdout, and what Helm says on stderr. */
export interface TemplateAnswer {
  /** Returns what is printed. Throws `ChartError` where `showOnly` finds nothing; files are written before. */
  readonly text: () => string;
  /** In the order in which Helm writes them; more for a path that is there already come behind it. */
  readonly files: readonly OutputFile[];
  readonly warnings: readonly string[];
}

/** Returns what `helm template` prints and writes, byte for byte. Throws `ChartError`. */
export function templateChart(request: TemplateRequest): TemplateAnswer {
  const { chart, kubeVersion, resolveHost, cpuMs } = request;
  checkInstallable(chart);
  checkDependencies(chart);
  const rendered = renderChart({
    chart,
    values: [request.values],
    release: { name: request.name, namespace: request.namespace, revision: 1, isUpgrade: request.isUpgrade },
    kubeVersion,
    apiVersions: [...defaultApiVersions, ...request.apiVersions],
    skipSchemaValidation: request.skipSchemaValidation,
    postRender: request.postRender,
    execute: {
      ...(cpuMs === undefined ? {} : { limits: { cpuMs } }),
      ...(resolveHost === undefined ? {} : { resolveHost }),
    },
  });
  const { warnings } = rendered;
  const files = request.output === undefined ? [] : outputFiles(rendered, request, request.output.releaseFolder);
  const all = request.output === undefined ? print(rendered, request) : "\n";
  return { text: () => (request.showOnly.length === 0 ? all : showOnly(all, request.showOnly)), files, warnings };
}

/** Returns how many bytes the templates of a chart and of its subcharts have. */
export function templateBytes(root: Chart): number {
  const templates = placeCharts(root).flatMap(({ chart }) => chart.templates);
  return templates.reduce((bytes, { data }) => bytes + data.length, 0);
}

/** Throws `ChartError` with Helm's words for a chart that cannot be installed. */
export function checkInstallable({ metadata }: Chart): void {
  if (metadata.type === "" || metadata.type === "application") return;
  throw new ChartError("load", `${metadata.type} charts are not installable`);
}

function checkDependencies(chart: Chart): void {
  const missing = missingDependencies(chart);
  if (missing.length === 0) return;
  throw new ChartError(
    "load",
    "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing " +
      `dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(", ")}`,
  );
}

interface Document {
  readonly source: string;
  readonly content: string;
}

function documentText({ source, content }: Document): string {
  return `---\n# Source: ${source}\n${content}\n`;
}

function hooksOf(rendered: RenderedChart, { noHooks, skipTests }: TemplateRequest): readonly Document[] {
  if (noHooks) return [];
  return rendered.hooks.filter(({ events }) => !skipTests || !events.includes("test"));
}

function print(rendered: RenderedChart, request: TemplateRequest): string {
  const documents = [...(request.includeCrds ? rendered.crds : []), ...rendered.manifests];
  const hooks = hooksOf(rendered, request);
  return `${documents.map(documentText).join("").trim()}\n${hooks.map(documentText).join("")}`;
}

function outputFile(folder: string, document: Document): OutputFile {
  return { path: `${folder}${document.source}`, text: documentText(document) };
}

function outputFiles(rendered: RenderedChart, request: TemplateRequest, folder: string): OutputFile[] {
  const crds = request.includeCrds ? rendered.crds : [];
  const others = [...rendered.manifests, ...hooksOf(rendered, request)];
  return [
    ...crds.map((document) => outputFile("", document)),
    ...others.map((document) => outputFile(folder, document)),
  ];
}

function showOnly(text: string, patterns: readonly string[]): string {
  const documents = splitManifests(text).map((document) => ({
    document,
    path: /# Source: [^/\n]+\/(.+)/.exec(document)?.[1],
  }));
  const shown = patterns.flatMap((pattern) => {
    const matches = compilePathPattern(pattern);
    const found = documents.filter(({ path }) => path !== undefined && matches?.(path) === true);
    if (found.length > 0) return found;
    throw new ChartError("values", `could not find template ${pattern} in chart`);
  });
  return shown.map(({ document }) => `---\n${document}\n`).join("");
}
