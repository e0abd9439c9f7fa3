import { createHash } from "node:crypto";

import type { BundleSpec } from "../api/bundle-spec.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import { AppError } from "../errors.ts";
import { type CollectedFile, type OutsideNotes, collectFiles, lookUp } from "./collect-files.ts";
import { type RepoTree, joinPath } from "./repo-tree.ts";

/** A chart that is not in the bundle directory. */
export interface ChartRef {
  readonly chart: string;
  readonly repo: string;
  readonly version: string;
}

/** Returns a chart's files, fetched beforehand; undefined when it was not. */
export type ChartLoader = (ref: ChartRef) => RepoTree | undefined;

/** Returns the directory in a bundle that holds a fetched chart: `.chart/<hash>`, as Fleet names it. */
export function chartPrefix(ref: ChartRef): string {
  return `.chart/${createHash("sha256").update(`${ref.chart}:${ref.repo}:${ref.version}`).digest("hex")}`;
}

/** Returns a bundle's spec with the root's chart, repo and version copied into targets that have a helm block without them. */
export function propagateChart(spec: BundleSpec): BundleSpec {
  const { helm, targets } = spec;
  if (helm === undefined || targets === undefined) return spec;
  const fill = (own: HelmOptions): HelmOptions => {
    const filled = { ...own };
    for (const key of ["chart", "repo", "version"] as const) {
      const inherited = helm[key];
      if ((own[key] ?? "") === "" && inherited !== undefined) Object.assign(filled, { [key]: inherited });
    }
    return filled;
  };
  return {
    ...spec,
    targets: targets.map((target) => (target.helm === undefined ? target : { ...target, helm: fill(target.helm) })),
  };
}

/**
 * Returns the charts that must be fetched for a bundle: those with a `repo`, and those whose `chart` names nothing in
 * the repository. Each once.
 */
export function findRemoteCharts(spec: BundleSpec, at: OutsideNotes): ChartRef[] {
  const all = [spec.helm, ...(spec.targets ?? []).map((target) => target.helm)];
  const refs = new Map<string, ChartRef>();
  for (const helm of all) {
    const { chart = "", repo = "", version = "" } = helm ?? {};
    if (chart === "" && repo === "") continue;
    if (repo === "") {
      if (!isAddress(chart) && lookUp(at, joinPath(at.dir, chart)).kind === "found") continue;
    }
    const ref = { chart, repo, version };
    refs.set(chartPrefix(ref), ref);
  }
  return [...refs.values()];
}

function isAddress(chart: string): boolean {
  return chart.includes("://") || chart.includes("::");
}

/** One file of a fetched chart, with the tree that it is read from. */
export interface ChartFile extends CollectedFile {
  readonly tree: RepoTree;
}

/**
 * Returns the files of fetched charts under the names they have in the bundle. Throws CHART_NOT_FETCHED for one that the
 * loader does not have.
 */
export function collectCharts(
  refs: readonly ChartRef[],
  load: ChartLoader | undefined,
  excluded: ReadonlySet<string>,
): ChartFile[] {
  // All are asked for before one that is missing ends this: they are then fetched together.
  const trees = refs.map((ref) => ({ ref, tree: load?.(ref) }));
  return trees.flatMap(({ ref, tree }) => {
    if (tree === undefined) {
      const source =
        ref.repo === "" ? ref.chart : `${ref.chart} ${ref.version} of ${ref.repo}`.replaceAll("  ", " ").trim();
      throw new AppError("CHART_NOT_FETCHED", `chart ${source} could not be fetched${chartHint(ref)}`, {
        verdict: "transient",
      });
    }
    const { files } = collectFiles(tree, { root: "", rootName: "chart", excluded });
    return files.map((file) => ({ ...file, name: `${chartPrefix(ref)}/${file.name}`, tree }));
  });
}

/** `jetstack/cert-manager` is a name of the helm command line, which knows its repositories by name. */
function chartHint({ chart, repo }: ChartRef): string {
  if (repo !== "" || !/^[\w-]+\/[\w.-]+$/u.test(chart)) return "";
  return `: it is neither a directory of the bundle nor an address; write the repository's address as helm.repo and "${chart.replace(/^.*\//u, "")}" as helm.chart`;
}
