import type { Chart } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { defaultApiVersions, defaultKubeVersion, normalKubeVersion } from "../../helm/chart/default-capabilities.ts";
import { compilePathPattern } from "../../helm/chart/match-path.ts";
import { renderChart, type RenderedChart } from "../../helm/chart/render-chart.ts";
import { splitManifests } from "../../helm/chart/split-manifests.ts";
import type { GoMap } from "../../helm/template/go-value.ts";

/** What `drover helm template` was asked for. */
export interface TemplateRequest {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly name: string;
  readonly namespace: string;
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly isUpgrade: boolean;
  readonly includeCrds: boolean;
  readonly noHooks: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  /** Patterns of the templates to show; none shows all. */
  readonly showOnly: readonly string[];
}

/** Text for stdout, and what Helm says on stderr. */
export interface TemplateAnswer {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Returns what `helm template` prints, byte for byte. Throws `ChartError`. */
export function templateChart(request: TemplateRequest): TemplateAnswer {
  const { chart } = request;
  checkInstallable(chart);
  const rendered = renderChart({
    chart,
    values: [request.values],
    release: { name: request.name, namespace: request.namespace, revision: 1, isUpgrade: request.isUpgrade },
    kubeVersion: kubeVersionOf(request.kubeVersion),
    apiVersions: [...defaultApiVersions, ...request.apiVersions],
    skipSchemaValidation: request.skipSchemaValidation,
  });
  const all = print(rendered, request);
  return { text: request.showOnly.length === 0 ? all : showOnly(all, request.showOnly), warnings: rendered.warnings };
}

function checkInstallable({ metadata, dependencies }: Chart): void {
  if (metadata.type !== "" && metadata.type !== "application") {
    throw new ChartError("load", `${metadata.type} charts are not installable`);
  }
  const missing = (metadata.dependencies ?? []).filter(
    (entry) => !dependencies.some((child) => child.metadata.name === entry?.name),
  );
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry?.name ?? "").join(", ");
  throw new ChartError(
    "load",
    "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing " +
      `dependencies: found in Chart.yaml, but missing in charts/ directory: ${names}`,
  );
}

function kubeVersionOf(text: string | undefined): string {
  if (text === undefined || text === "") return defaultKubeVersion;
  if (normalKubeVersion(text) === undefined) {
    throw new ChartError("values", `invalid kube version '${text}': could not parse "${text}" as version`);
  }
  return text.startsWith("v") ? text : `v${text}`;
}

function print(rendered: RenderedChart, request: TemplateRequest): string {
  const documents = [...(request.includeCrds ? rendered.crds : []), ...rendered.manifests];
  const text = documents.map(({ source, content }) => `---\n# Source: ${source}\n${content}\n`).join("");
  const hooks = request.noHooks
    ? []
    : rendered.hooks.filter(({ events }) => !request.skipTests || !events.includes("test"));
  return `${text.trim()}\n${hooks.map(({ source, content }) => `---\n# Source: ${source}\n${content}\n`).join("")}`;
}

function showOnly(text: string, patterns: readonly string[]): string {
  const documents = splitManifests(text).map((document) => ({
    document,
    path: /# Source: [^/\n]+\/(.+)/.exec(document)?.[1],
  }));
  const shown = patterns.flatMap((pattern) => {
    const matches = compilePathPattern(pattern.replaceAll("\\", "/"));
    const found = documents.filter(({ path }) => path !== undefined && matches?.(path) === true);
    if (found.length > 0) return found;
    throw new ChartError("values", `could not find template ${pattern} in chart`);
  });
  return shown.map(({ document }) => `---\n${document}\n`).join("");
}
