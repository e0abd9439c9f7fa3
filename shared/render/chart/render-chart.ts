import { CodecError } from "../../../codec/codec-error.ts";
import { parseJson } from "../../../codec/parse-json.ts";
import { parseFirstYaml } from "../../../codec/parse-yaml.ts";
import { printJson } from "../../../codec/print-json.ts";
import { ChartError } from "../../../helm/chart/chart-error.ts";
import { valuesOf } from "../../../helm/chart/chart-values.ts";
import { renderChart as renderHelmChart, type RenderedChart } from "../../../helm/chart/render-chart.ts";
import type { Manifest } from "../../../helm/chart/sort-manifests.ts";
import { createRecordingSource } from "../../../helm/functions/random-tape.ts";
import type { ExecuteOptions, RandomSource } from "../../../helm/template/scope.ts";
import { TemplateLimitError } from "../../../helm/template/template-error.ts";
import type { KubeObject } from "../../api/meta.ts";
import { AppError } from "../../errors.ts";
import { collectFaults } from "../collect-faults.ts";
import { type ParsedManifests, parseManifests } from "../raw/parse-manifests.ts";
import { releaseOf } from "../release-of.ts";
import type { ChartInput, ChartObjects } from "./chart-input.ts";
import { loadBundleChart } from "./load-bundle-chart.ts";
import { printReference, valuesReferences } from "./values-references.ts";

/** Returns the objects of a chart for one cluster. Throws `CHART_FAILED` with Helm's words, and `RENDER_LIMIT`. */
export function renderChart(input: ChartInput): ChartObjects {
  const random = createRecordingSource(input.random);
  const rendered = runHelm(input, random);
  const [main = [], hooks = [], definitions = []] = [rendered.manifests, rendered.hooks, rendered.crds].map(parseAll);
  return {
    objects: objectsOf(main),
    hooks: objectsOf(hooks),
    texts: [...textsOf(rendered.manifests, main), ...textsOf(rendered.hooks, hooks)],
    definitions: objectsOf(definitions),
    random: random.tape(),
    warnings: [
      ...[...unreadWarnings(input), ...rendered.warnings].map((message) => ({ message })),
      ...[...main, ...hooks, ...definitions].flatMap(({ warnings }) => warnings),
    ],
  };
}

/** Without a cluster the values there are unknown, as for Fleet. */
function unreadWarnings({ options, namespaces }: ChartInput): string[] {
  if (namespaces !== "offline") return [];
  return valuesReferences(options).map(
    (reference) => `helm.valuesFrom is read in the cluster only: ${printReference(reference)} is left out`,
  );
}

function parseAll(manifests: readonly Pick<Manifest, "source" | "content">[]): ParsedManifests[] {
  return collectFaults(manifests, ({ source, content }) =>
    parseManifests({ name: source, text: withoutFlow(content) }),
  );
}

/** The texts of manifests that hold something. */
function textsOf(manifests: readonly Pick<Manifest, "content">[], parsed: readonly ParsedManifests[]): string[] {
  return manifests.flatMap(({ content }, index) =>
    (parsed[index]?.objects ?? []).length === 0 ? [] : [withoutFlow(content)],
  );
}

/** What begins with `{` is JSON for Fleet and kustomize; charts' YAML in that style is printed anew (Fleet: `normalizeFlowStyleDocs`). */
function withoutFlow(content: string): string {
  if (!/^\s*\{/u.test(content) || isJson(content)) return content;
  try {
    return `${printJson(parseFirstYaml(content)?.value ?? null)}\n`;
  } catch (error) {
    // Whoever reads it next says where it is broken.
    if (error instanceof CodecError) return content;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if (error instanceof CodecError) return false;
    throw error;
  }
}

function objectsOf(parsed: readonly ParsedManifests[]): KubeObject[] {
  return parsed.flatMap(({ objects }) => objects);
}

/** Returns what the engine makes of a bundle's chart. Throws `CHART_FAILED` and `RENDER_LIMIT`. */
export function runHelm(
  input: ChartInput,
  random: RandomSource,
  hooks: Pick<ExecuteOptions, "tracer"> = {},
): RenderedChart {
  const { bundle, options, namespaces } = input;
  const { values, skipSchemaValidation } = options.helm ?? {};
  const { namespace, defaultNamespace } = options;
  try {
    return renderHelmChart({
      chart: loadBundleChart(input),
      values: [valuesOf(values ?? {})],
      release: {
        ...releaseOf(bundle, options),
        ...(namespaces === "offline" ? { namespace: namespace ?? defaultNamespace ?? "" } : {}),
        ...input.release,
      },
      // Without a cluster Fleet's charts see the version without its `v`.
      kubeVersion: namespaces === "offline" ? input.kubeVersion?.replace(/^v/, "") : input.kubeVersion,
      apiVersions: input.apiVersions,
      skipSchemaValidation,
      execute: {
        random,
        ...(input.cpuMs === undefined ? {} : { limits: { cpuMs: input.cpuMs } }),
        ...hooks,
        ...(input.lookup === undefined ? {} : { lookup: input.lookup }),
      },
    });
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const code = error.cause instanceof TemplateLimitError ? "RENDER_LIMIT" : "CHART_FAILED";
    throw new AppError(code, `bundle ${bundle}: ${error.message}`, {
      verdict: "stalled",
      details: { bundle },
      cause: error,
    });
  }
}
