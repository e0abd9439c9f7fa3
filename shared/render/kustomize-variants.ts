import type { BundleSpec } from "../api/bundle-spec.ts";
import type { Content } from "../api/content.ts";
import type { DeploymentOptions } from "../api/deployment-options.ts";

/** Which directories of a bundle decide how it is rendered (fleet-semantics 3.1). */
export interface BundleStyle {
  /** Directories with a Chart.yaml, "" for the bundle's own. */
  readonly charts: readonly string[];
  /** Whether a chart was fetched into the bundle. */
  readonly fetchedChart: boolean;
  /** Directories with a kustomization.yaml; no other name counts. */
  readonly kustomizations: readonly string[];
}

type StyleOptions = Pick<DeploymentOptions, "helm" | "kustomize">;

/** Returns what the names of a content say about its style. */
export function bundleStyle(content: Content): BundleStyle {
  const names = content.resources.map((resource) => resource.name);
  return {
    charts: dirsWith(names, "Chart.yaml").filter((dir) => !dir.startsWith(".chart/")),
    fetchedChart: names.some((name) => name.startsWith(".chart/")),
    kustomizations: dirsWith(names, "kustomization.yaml"),
  };
}

/**
 * Returns the directory whose kustomization makes all of the objects under these options; undefined when there is none,
 * or a chart whose output the agent hands to kustomize.
 */
export function kustomizeDir(style: BundleStyle, options: StyleOptions): string | undefined {
  const dir = cleanDir(options.kustomize?.dir ?? "");
  if (!style.kustomizations.includes(dir)) return undefined;
  const named = options.helm?.chart ?? "";
  const chart = cleanDir(named === "" ? (options.helm?.repo ?? "") : named);
  const fetched = style.fetchedChart && (named !== "" || (options.helm?.repo ?? "") !== "");
  return fetched || style.charts.includes(chart) ? undefined : dir;
}

/** Returns each directory that some cluster's options may have rendered by kustomize alone. */
export function kustomizeVariants(style: BundleStyle, spec: BundleSpec): readonly string[] {
  if (style.kustomizations.length === 0) return [];
  const dirs = new Set<string>();
  for (const target of [{}, ...(spec.targets ?? [])] satisfies StyleOptions[]) {
    const own: StyleOptions = target;
    const dir = own.kustomize?.dir ?? "";
    const kustomize = dir === "" ? spec.kustomize : own.kustomize;
    for (const helm of [spec.helm, { ...spec.helm, ...own.helm }]) {
      const found = kustomizeDir(style, {
        ...(helm === undefined ? {} : { helm }),
        ...(kustomize === undefined ? {} : { kustomize }),
      });
      if (found !== undefined) dirs.add(found);
    }
  }
  return [...dirs].toSorted();
}

function dirsWith(names: readonly string[], file: string): string[] {
  return names.flatMap((name) => {
    if (name === file) return [""];
    return name.endsWith(`/${file}`) ? [name.slice(0, -file.length - 1)] : [];
  });
}

function cleanDir(dir: string): string {
  return dir
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
