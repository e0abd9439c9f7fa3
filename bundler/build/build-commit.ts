import { setImmediate as nextTurn } from "node:timers/promises";

import type { Bundle } from "../../shared/api/bundle.ts";
import type { AssembledBundle, BundleResult, NamedImageScan } from "../../shared/bundle/assemble-bundle.ts";
import { assembleBundle } from "../../shared/bundle/assemble-bundle.ts";
import { bundleKey, optionsDigest, outsideUnchanged } from "../../shared/bundle/bundle-inputs.ts";
import type { BundleOptions } from "../../shared/bundle/bundle-options.ts";
import type { ChartLoader } from "../../shared/bundle/chart-sources.ts";
import type { OutsideInput } from "../../shared/bundle/collect-files.ts";
import type { BundleDir, PathFault, ScanMemo, ScanOptions } from "../../shared/bundle/find-bundle-dirs.ts";
import { findBundleDirs } from "../../shared/bundle/find-bundle-dirs.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import type { AppError } from "../../shared/errors.ts";
import { toAppError } from "../../shared/errors.ts";
import type { CommitTree } from "../git/read-tree.ts";
import type { ContentBlob } from "./content-blob.ts";
import { contentBlob } from "./content-blob.ts";
import type { KustomizeRenderer } from "./kustomize.ts";
import type { BundleStyle } from "./kustomize-variants.ts";
import { bundleStyle, kustomizeVariants } from "./kustomize-variants.ts";

/** Where a bundle's objects come from: its files, and per directory what kustomize made of them. */
export interface BundleContents {
  readonly files: string;
  readonly style: BundleStyle;
  /** Digest of the rendered objects, or why there are none, by kustomize directory (see `kustomizeDir`). */
  readonly kustomize: Readonly<Record<string, { readonly digest: string } | { readonly error: AppError }>>;
}

interface BuiltBase {
  readonly dir: BundleDir;
  readonly warnings: readonly BundleWarning[];
  /** Nothing that decides about it has changed since the cache's build. */
  readonly reused: boolean;
}

/** One bundle of a commit, its files by digest. */
export interface BuiltBundle extends BuiltBase {
  readonly kind: "bundle";
  readonly bundle: Bundle;
  readonly contents: BundleContents;
  readonly imageScans: readonly NamedImageScan[];
}

/** A directory that gives no bundle: what is deployed under this name stays as it is. */
export interface BuildFailure extends BuiltBase {
  readonly kind: "failed";
  readonly name: string;
  readonly error: AppError;
}

type Built = BuiltBundle | BuildFailure | (BuiltBase & { readonly kind: "empty" });

/** What later builds of the same GitRepo reuse. Opaque. */
export interface BuildCache {
  readonly results: ReadonlyMap<string, { readonly built: Built; readonly outside: readonly OutsideInput[] }>;
  readonly scans: ScanMemo;
}

/** What a build did; tests assert on it. */
export interface BuildCounts {
  readonly built: number;
  readonly reused: number;
  readonly failed: number;
  readonly treesRead: number;
  readonly blobsRead: number;
}

/** Everything of one commit. */
export interface CommitBuild {
  /** In scan order; of several with one name the last is here. */
  readonly bundles: readonly (BuiltBundle | BuildFailure)[];
  readonly faults: readonly PathFault[];
  readonly unmatched: readonly string[];
  /** Contents of the bundles that were built now, by digest. */
  readonly blobs: ReadonlyMap<string, ContentBlob>;
  readonly counts: BuildCounts;
  readonly cache: BuildCache;
}

export interface BuildInput {
  readonly tree: CommitTree;
  readonly options: BundleOptions;
  readonly scan: ScanOptions;
  /** Result of the GitRepo's previous build, if there is one. */
  readonly cache?: BuildCache;
  readonly kustomize?: KustomizeRenderer;
  readonly loadChart?: ChartLoader;
  /** Names the charts that `loadChart` gives; another value builds anew what has charts. */
  readonly chartsKey?: string;
  readonly signal?: AbortSignal;
}

/** Directories between two pauses in which the process does other work: some milliseconds. */
const dirsPerTurn = 32;

/**
 * Returns the bundles of a commit. A directory whose tree, options and outside inputs are those of the cache gives the
 * same bundle without a read; a bad one stops itself only. Throws what the tree throws (a damaged object store).
 */
export async function buildCommit(input: BuildInput): Promise<CommitBuild> {
  const { tree } = input;
  const scans = keptScans(input.cache);
  const found = findBundleDirs(tree, input.scan, scans);
  const digest = `${optionsDigest(input.options)}:${input.chartsKey ?? ""}:${input.kustomize?.version ?? ""}`;
  const results = new Map<string, { readonly built: Built; readonly outside: readonly OutsideInput[] }>();
  const blobs = new Map<string, ContentBlob>();
  const all = new Map<string, Built>();
  let sinceTurn = 0;
  for (const dir of found.dirs) {
    const key = bundleKey(dir, digest);
    if (results.has(key)) continue;
    const known = input.cache?.results.get(key);
    if (known !== undefined && outsideUnchanged(tree, known.outside)) {
      const built = { ...known.built, reused: true };
      results.set(key, { built, outside: known.outside });
      all.set(key, built);
      continue;
    }
    sinceTurn += 1;
    if (sinceTurn % dirsPerTurn === 0) await nextTurn();
    input.signal?.throwIfAborted();
    const result = assembleBundle(sourceOf(input), dir, input.options);
    const built = await finish(result, input, blobs);
    all.set(key, built);
    if (isLasting(built)) results.set(key, { built, outside: result.outside });
  }
  const bundles = lastOfEachName([...all.values()]);
  return {
    bundles,
    faults: found.faults,
    unmatched: found.unmatched,
    blobs,
    counts: {
      built: [...all.values()].filter((built) => !built.reused && built.kind === "bundle").length,
      reused: [...all.values()].filter((built) => built.reused).length,
      failed: bundles.filter((built) => built.kind === "failed").length,
      ...tree.counts,
    },
    cache: { results, scans },
  };
}

function sourceOf(input: BuildInput): { tree: CommitTree; loadChart?: ChartLoader } {
  return input.loadChart === undefined ? { tree: input.tree } : { tree: input.tree, loadChart: input.loadChart };
}

async function finish(result: BundleResult, input: BuildInput, blobs: Map<string, ContentBlob>): Promise<Built> {
  const base = { dir: result.dir, warnings: result.warnings, reused: false };
  switch (result.kind) {
    case "empty":
      return { kind: "empty", ...base };
    case "failed":
      if (isStoreFault(result.error)) throw result.error;
      return { kind: "failed", ...base, name: result.name, error: result.error };
    case "bundle": {
      const { bundle, imageScans, contentId } = result;
      blobs.set(contentId, contentBlob(result.content, contentId));
      const style = bundleStyle(result.content);
      const kustomize = await renderVariants(result, style, { input, blobs });
      return { kind: "bundle", ...base, bundle, imageScans, contents: { files: contentId, style, kustomize } };
    }
  }
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

/** A damaged store says nothing about the directory: the caller fetches afresh and builds again. */
function isStoreFault(error: AppError): boolean {
  return error.code === "GIT_OBJECT_MISSING" || error.code === "GIT_STORE_CORRUPT";
}

/** Whether the same input would give the same result again: a chart that could not be fetched may come next time. */
function isLasting(built: Built): boolean {
  if (built.kind === "failed") return built.error.verdict === "stalled";
  if (built.kind === "empty") return true;
  return Object.values(built.contents.kustomize).every((one) => !("error" in one) || one.error.verdict === "stalled");
}

function lastOfEachName(all: readonly Built[]): (BuiltBundle | BuildFailure)[] {
  const byName = new Map<string, BuiltBundle | BuildFailure>();
  for (const built of all) {
    if (built.kind === "empty") continue;
    const name = built.kind === "failed" ? built.name : (built.bundle.metadata.name ?? "");
    const earlier = byName.get(name);
    byName.delete(name);
    byName.set(
      name,
      earlier === undefined ? built : { ...built, warnings: [...built.warnings, nameTaken(name, earlier, built)] },
    );
  }
  return [...byName.values()];
}

function nameTaken(name: string, earlier: BuiltBase, later: BuiltBase): BundleWarning {
  const [first, second] = [earlier, later].map(({ dir }) => (dir.path === "" ? "the root" : dir.path));
  const message = `${first} and ${second} both give the bundle "${name}"; only the latter counts: set name in one of them`;
  return { code: "BUNDLE_NAME_TAKEN", message, position: { file: later.dir.path } };
}

/** Scans of trees that went long ago would pile up: beyond some multiple of the directories they are dropped. */
function keptScans(cache: BuildCache | undefined): ScanMemo {
  if (cache === undefined || cache.scans.size > 20_000 + 8 * cache.results.size) return new Map();
  return cache.scans;
}
