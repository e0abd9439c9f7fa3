import { CodecError } from "../../../codec/codec-error.ts";
import { parseFirstYaml } from "../../../codec/parse-yaml.ts";
import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import { printJson } from "../../../codec/print-json.ts";
import type { Content, ContentResource } from "../../api/content.ts";
import { chartInput, parseAll, type RenderInput } from "../render-with.ts";
import { detectStyle } from "../detect-style.ts";
import type { ChartObjects, ChartRenderer } from "./chart-input.ts";

/** A chart's output on its way through the kustomization that lies over it. */
export interface ChartForKustomize {
  /** The bundle's files, what the chart made among them. */
  readonly content: Content;
  /** Directory of the kustomization, "" for the bundle's own. */
  readonly dir: string;
  /** What does not pass through kustomize. */
  readonly rest: Pick<ChartObjects, "definitions" | "random" | "warnings">;
}

/** Name that kustomizations know the chart's output by (Fleet: `ManifestsYAML`). */
const manifestsName = "fleet-manifests.yaml";

/**
 * Returns what kustomize has to be run on where a bundle is a chart with a kustomization over it, undefined where it is
 * not (fleet-semantics 3.4): the chart's objects and hooks, in its own words, as a file beside the kustomization, which has it as its first
 * resource unless it lists it itself.
 */
export function prepareKustomize(input: RenderInput, charts: ChartRenderer): ChartForKustomize | undefined {
  const { content, options } = input;
  const names = content.resources.map(({ name }) => name);
  const { chartDir, kustomizeDir: dir } = detectStyle(names, options);
  if (chartDir === undefined || dir === undefined || content.source === "objects") return undefined;
  const { definitions, random, warnings, texts: made = [] } = charts(chartInput(input, chartDir));
  const place = (name: string): string => (dir === "" ? name : `${dir}/${name}`);
  const resources =
    made.length === 0
      ? content.resources
      : [
          ...content.resources
            .filter(({ name }) => name !== place(manifestsName))
            .map((resource) => (resource.name === place("kustomization.yaml") ? withManifests(resource) : resource)),
          { name: place(manifestsName), content: made.map((text) => `---\n${text.trimEnd()}\n`).join("") },
        ];
  return { content: { source: "files", resources }, dir, rest: { definitions, random, warnings } };
}

/** Returns the chart's objects as kustomize printed them; they replace what the chart made, hooks included. */
export function finishKustomize({ dir, rest }: ChartForKustomize, output: string): ChartObjects {
  const name = dir === "" ? "kustomization.yaml" : `${dir}/kustomization.yaml`;
  const { objects, warnings } = parseAll([{ name, text: output }]);
  return { ...rest, objects, hooks: [], warnings: [...rest.warnings, ...warnings] };
}

function withManifests(resource: ContentResource): ContentResource {
  const kustomization = parse(resource);
  // What is no kustomization is left to kustomize to complain about.
  if (kustomization === undefined) return resource;
  const listed = kustomization["resources"];
  const resources = Array.isArray(listed) ? listed : [];
  if (resources.includes(manifestsName)) return resource;
  return {
    name: resource.name,
    content: printJson({ ...kustomization, resources: [manifestsName, ...resources] }),
  };
}

function parse({ content, encoding }: ContentResource): JsonObject | undefined {
  if (encoding !== undefined) return undefined;
  try {
    const value = parseFirstYaml(content)?.value ?? {};
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
