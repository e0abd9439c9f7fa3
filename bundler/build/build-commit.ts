import { setImmediate as nextTurn } from "node:timers/promises";

import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import { assembleBundle } from "../../shared/bundle/assemble-bundle.ts";
import { optionsDigest } from "../../shared/bundle/bundle-inputs.ts";
import type { BundleOptions } from "../../shared/bundle/bundle-options.ts";
import { chartPrefix } from "../../shared/bundle/chart-sources.ts";
import type { BundleDir, ScanOptions } from "../../shared/bundle/find-bundle-dirs.ts";
import type { AppError } from "../../shared/errors.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { toAppError } from "../../shared/errors.ts";
import { isStoreFault } from "../git/bare-store.ts";
import type { CommitTree } from "../git/read-tree.ts";
import { namedResults } from "./bundle-names.ts";
import type { BuildCache, Built, BundleContents, CommitBuild } from "./commit-build.ts";
import type { ChartPin } from "../../shared/bundle/charts/chart-pins.ts";
import type { ChartFetcher } from "../../shared/bundle/charts/fetch-charts.ts";
import { type ChartedResult, createChartLoading } from "../../shared/bundle/charts/load-charts.ts";
import { noteCharts, outdatedWarnings, pinOf } from "../../shared/bundle/charts/note-charts.ts";
import type { ContentBlob } from "./content-blob.ts";
import { contentBlob } from "./content-blob.ts";
import type { KustomizeRenderer } from "../../shared/runtime/kustomize/kustomize.ts";
import type { BundleStyle } from "../../shared/render/kustomize-variants.ts";
import { metadataFault } from "../../shared/bundle/check-metadata.ts";
import { bundleStyle, kustomizeVariants } from "../../shared/render/kustomize-variants.ts";
import { listNested, type NestedPieces, nestingOf, planNested } from "./list-nested.ts";
import { type BuildItem, type BuildStep, planBuild, rememberBuild } from "./plan-build.ts";

export interface BuildInput {
  readonly tree: CommitTree;
  readonly options: BundleOptions;
  readonly scan: ScanOptions;
  /** Result of the GitRepo's previous build, if there is one. */
  readonly cache?: BuildCache;
  readonly kustomize?: KustomizeRenderer;
  /** Fetches the charts that are not in the repository; without it bundles that need some fail. */
  readonly charts?: ChartFetcher;
  readonly signal?: AbortSignal;
}

/** Directories between two pauses in which the process does other work: some milliseconds. */
const dirsPerTurn = 32;

/**
 * Returns the bundles of a commit. A directory whose tree, options and outside inputs are those of the cache gives the
 * same bundle without a read; a bad one stops itself only. Throws what the tree throws (a damaged object store).
 */
export async function buildCommit(input: BuildInput): Promise<CommitBuild> {
  const { tree, cache } = input;
  const inputs = `${optionsDigest(input.options)}:${input.kustomize?.version ?? ""}`;
  const wanted = { scan: input.scan, inputs };
  const searched = planBuild(tree, wanted, cache);
  const sameDirs = cache !== undefined && searched.found === cache.found;
  const nesting = sameDirs ? cache.nesting : nestingOf(searched.found.dirs);
  const known: NestedPieces = cache?.pieces ?? new Map();
  const plan = sameDirs ? searched : planNested(searched, nesting, known);
  const blobs = new Map<string, ContentBlob>();
  const built: Built[] = [];
  const items = [...plan.kept];
  const assemble = createAssembler(input);
  const waiting: { readonly step: BuildStep; readonly assembled: Promise<PromiseSettledResult<ChartedResult>> }[] = [];
  const take = async ({ position, dir }: BuildStep, assembled: ChartedResult): Promise<void> => {
    if (built.length % dirsPerTurn === dirsPerTurn - 1) await nextTurn();
    input.signal?.throwIfAborted();
    const result = await finish(assembled, input, blobs);
    built.push(result);
    const { charts, dueInMs } = assembled;
    items[position] = {
      dir,
      result,
      outside: assembled.result.outside,
      lasting: dueInMs === undefined && isLasting(result),
      charts: charts.map(pinOf),
      ...(dueInMs === undefined ? {} : { dueInMs }),
    };
  };
  for (const step of plan.steps) {
    const assembled = assemble(step.dir);
    // Charts are fetched while the other directories are built.
    if (assembled instanceof Promise) waiting.push({ step, assembled: settled(assembled) });
    else await take(step, assembled);
  }
  for (const { step, assembled } of waiting) {
    const outcome = await assembled;
    if (outcome.status === "rejected") throw outcome.reason;
    await take(step, outcome.value);
  }
  const complete = items.filter((item) => item !== undefined);
  const memory = rememberBuild(tree, wanted, { plan, items: complete, before: cache });
  const { bundles, uniqueNames } = namedResults(complete, plan, cache);
  const pieces = listNested(complete, nesting, { blobs, known });
  const fresh = new Set<Built>(built);
  const changed = built.length === 0 ? [] : bundles.filter((bundle) => fresh.has(bundle));
  return {
    bundles,
    changed,
    faults: plan.found.faults,
    unmatched: plan.found.unmatched,
    warnings: plan.found.warnings,
    blobs,
    counts: {
      built: built.filter((one) => one.kind === "bundle").length,
      reused: complete.length - built.length,
      failed: bundles.filter((one) => one.kind === "failed").length,
      ...tree.counts,
    },
    charts: pinsOf(complete),
    ...againAfter(complete),
    cache: { ...memory, uniqueNames, nesting, pieces },
  };
}

const retryMs = 120_000;

/** What failed for a passing reason is tried again soon; charts when a version of them is to be looked up again. */
function againAfter(items: readonly BuildItem<Built>[]): { againAfterMs?: number } {
  const waits = items
    .filter(({ lasting }) => !lasting)
    .flatMap(({ result, dueInMs }) => {
      const isPassing =
        dueInMs === undefined || dueInMs === 0 || (result.kind === "failed" && result.error.verdict !== "stalled");
      return [...(isPassing ? [retryMs] : []), ...(dueInMs === undefined || dueInMs === 0 ? [] : [dueInMs])];
    });
  return waits.length === 0 ? {} : { againAfterMs: Math.min(...waits) };
}

function createAssembler(input: BuildInput): (dir: BundleDir) => ChartedResult | Promise<ChartedResult> {
  const { tree, options, charts } = input;
  if (charts === undefined) return (dir) => ({ result: assembleBundle({ tree }, dir, options), charts: [] });
  const loading = createChartLoading(charts, input.signal);
  return (dir) => loading.assemble(dir.path, (loaders) => assembleBundle({ tree, ...loaders }, dir, options));
}

/** A failure is thrown when its turn comes: until then nobody waits for it. */
async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([promise]);
  return outcome;
}

/** Returns what charts came to, each wish once. */
function pinsOf(items: readonly BuildItem<Built>[]): ChartPin[] {
  const pins = items.flatMap(({ charts = [] }) => charts).map((pin) => [chartPrefix(pin), pin] as const);
  return [...new Map(pins).values()];
}

async function finish(made: ChartedResult, input: BuildInput, blobs: Map<string, ContentBlob>): Promise<Built> {
  const { result } = made;
  const base = { dir: result.dir, warnings: result.warnings };
  switch (result.kind) {
    case "empty":
      return { kind: "empty", ...base };
    case "failed":
      // A damaged store says nothing about the directory: the commit is fetched afresh and built again.
      if (isStoreFault(result.error)) throw result.error;
      return { kind: "failed", ...base, name: result.name, error: result.error };
    case "bundle": {
      const { imageScans, contentId } = result;
      // A bundle is written without passing the API, which would refuse it.
      const invalid = metadataFault(result.warnings);
      if (invalid !== undefined)
        return { kind: "failed", ...base, name: result.bundle.metadata.name ?? "", error: invalid };
      const bundle = noteCharts(result.bundle, made.charts);
      blobs.set(contentId, contentBlob(result.content, contentId));
      const style = bundleStyle(result.content);
      const kustomize = await renderVariants(result, style, { input, blobs });
      const outdated = outdatedWarnings(made.charts, result.dir.path);
      const warnings = [...result.warnings, ...outdated, ...scanWarnings(result)];
      return {
        kind: "bundle",
        dir: result.dir,
        warnings,
        bundle,
        imageScans,
        contents: { files: contentId, style, kustomize },
      };
    }
  }
}

/** Image scans are no field of a Bundle, whose status would tell; they are no fault either, also where `strict` is set. */
function scanWarnings({ later }: AssembledBundle): BundleWarning[] {
  return later
    .filter(({ field }) => field === "imageScans")
    .map(({ field, instead, position }) => {
      return { code: "FIELD_WITHOUT_EFFECT", message: `${field} is not acted on yet: ${instead}`, position };
    });
}

async function renderVariants(
  result: AssembledBundle,
  style: BundleStyle,
  into: { readonly input: BuildInput; readonly blobs: Map<string, ContentBlob> },
): Promise<BundleContents["kustomize"]> {
  const rendered: Record<string, { readonly digest: string } | { readonly error: AppError }> = {};
  const { kustomize, signal } = into.input;
  if (kustomize === undefined) return rendered;
  for (const dir of kustomizeVariants(style, result.bundle.spec)) {
    try {
      const objects = await kustomize.render({
        content: result.content,
        contentId: result.contentId,
        dir,
        ...(signal === undefined ? {} : { signal }),
      });
      const blob = contentBlob({ source: "objects", resources: [{ name: "objects.yaml", content: objects }] });
      into.blobs.set(blob.digest, blob);
      rendered[dir] = { digest: blob.digest };
    } catch (error) {
      signal?.throwIfAborted();
      rendered[dir] = { error: toAppError(error) };
    }
  }
  return rendered;
}

/** Whether the same input would give the same result again: a chart that could not be fetched may come next time. */
function isLasting(built: Built): boolean {
  if (built.kind === "failed") return built.error.verdict === "stalled";
  if (built.kind === "empty") return true;
  return Object.values(built.contents.kustomize).every((one) => !("error" in one) || one.error.verdict === "stalled");
}
