import type { OutsideInput } from "../../shared/bundle/collect-files.ts";
import { outsideUnchanged } from "../../shared/bundle/bundle-inputs.ts";
import type { BundleDir, FoundDirs, ScanOptions } from "../../shared/bundle/find-bundle-dirs.ts";
import { findBundleDirs } from "../../shared/bundle/find-bundle-dirs.ts";
import type { ScanMemo } from "../../shared/bundle/scan-tree.ts";
import { AppError } from "../../shared/errors.ts";
import type { CommitTree } from "../git/read-tree.ts";
import { changedDirs } from "./changed-dirs.ts";
import type { TreeSizes } from "./check-tree-size.ts";
import { checkTreeSize } from "./check-tree-size.ts";
import type { ChartPin } from "../../shared/bundle/charts/chart-pins.ts";

/** One directory with what was made of it. */
export interface BuildItem<Result> {
  readonly dir: BundleDir;
  readonly result: Result;
  readonly outside: readonly OutsideInput[];
  /** Whether equal input gives an equal result: not so where something could not be fetched. */
  readonly lasting: boolean;
  /** What the charts came to that were fetched for it. */
  readonly charts?: readonly ChartPin[];
  /** Milliseconds after which one of them is to be asked for again. */
  readonly dueInMs?: number;
}

/** What a build leaves for the next one of the same GitRepo. */
export interface BuildMemory<Result> {
  /** Options and versions that every result depends on. */
  readonly inputs: string;
  readonly scanKey: string;
  readonly root: string;
  readonly found: FoundDirs;
  readonly items: readonly BuildItem<Result>[];
  /** Positions of the items by path of their directory. */
  readonly positions: ReadonlyMap<string, readonly number[]>;
  /** Positions whose result may change although their directory does not. */
  readonly recheck: ReadonlySet<number>;
  /** Whether a link leads to some directory: then differences of paths do not tell everything. */
  readonly linked: boolean;
  readonly scans: ScanMemo;
  readonly sizes: TreeSizes;
}

/** A directory that must be built, and its place in scan order. */
export interface BuildStep {
  readonly position: number;
  readonly dir: BundleDir;
}

/** Directories of a commit: those whose earlier item still holds, and those to be built. */
export interface BuildPlan<Result> {
  readonly found: FoundDirs;
  /** In scan order; undefined where there is something to build. */
  readonly kept: readonly (BuildItem<Result> | undefined)[];
  readonly steps: readonly BuildStep[];
  readonly scans: ScanMemo;
  readonly sizes: TreeSizes;
}

/** Returns which directories must be built; what the earlier build has is looked up, not searched for, where it can be. */
export function planBuild<Result>(
  tree: CommitTree,
  wanted: { readonly scan: ScanOptions; readonly inputs: string },
  memory: BuildMemory<Result> | undefined,
): BuildPlan<Result> {
  const usable = memory?.inputs === wanted.inputs ? memory : undefined;
  return (
    (usable === undefined ? undefined : planFromDifference(tree, wanted.scan, usable)) ??
    planFromScan(tree, wanted.scan, usable)
  );
}

function planFromDifference<Result>(
  tree: CommitTree,
  scan: ScanOptions,
  memory: BuildMemory<Result>,
): BuildPlan<Result> | undefined {
  if (memory.scanKey !== scanKey(scan) || memory.linked || memory.found.faults.length > 0) return undefined;
  const changed = differenceOf(tree, memory.root);
  if (changed === undefined) return undefined;
  const steps = new Map<number, BundleDir>();
  for (const position of memory.recheck) {
    const item = memory.items[position];
    if (item === undefined) continue;
    if (!outsideUnchanged(tree, item.outside)) return undefined;
    if (!item.lasting) steps.set(position, item.dir);
  }
  for (const [path, oid] of changed) {
    for (const position of memory.positions.get(path) ?? []) {
      const item = memory.items[position];
      if (item !== undefined) steps.set(position, { ...item.dir, oid });
    }
  }
  const kept: (BuildItem<Result> | undefined)[] = [...memory.items];
  for (const position of steps.keys()) kept[position] = undefined;
  const todo = [...steps].map(([position, dir]) => ({ position, dir })).toSorted((a, b) => a.position - b.position);
  return { found: memory.found, kept, steps: todo, scans: memory.scans, sizes: memory.sizes };
}

/** The commit before may be gone from the store: then there is no difference to be had. */
function differenceOf(tree: CommitTree, before: string): Map<string, string> | undefined {
  try {
    return changedDirs(before, tree.oid, (oid) => tree.entriesOf(oid));
  } catch (error) {
    if (error instanceof AppError && error.code === "GIT_OBJECT_MISSING") return undefined;
    throw error;
  }
}

function planFromScan<Result>(
  tree: CommitTree,
  scan: ScanOptions,
  memory: BuildMemory<Result> | undefined,
): BuildPlan<Result> {
  const outgrown = memory !== undefined && memory.scans.size > 20_000 + 8 * memory.items.length;
  const { scans, sizes } = memory === undefined || outgrown ? { scans: new Map(), sizes: new Map() } : memory;
  for (const root of tree.roots) checkTreeSize(root, (oid) => tree.entriesOf(oid), sizes);
  const found = findBundleDirs(tree, scan, scans);
  const seen = new Set<string>();
  const kept: (BuildItem<Result> | undefined)[] = [];
  const steps: BuildStep[] = [];
  for (const dir of found.dirs) {
    const name = `${dir.path}\0${dir.optionsFile ?? ""}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const item = (memory?.positions.get(dir.path) ?? [])
      .flatMap((position) => memory?.items[position] ?? [])
      .find((candidate) => isSameDir(candidate.dir, dir));
    if (item !== undefined && holds(tree, item)) {
      kept.push(item);
      continue;
    }
    steps.push({ position: kept.length, dir });
    kept.push(undefined);
  }
  return { found, kept, steps, scans, sizes };
}

/** Returns what a finished build leaves for the next. */
export function rememberBuild<Result>(
  tree: CommitTree,
  wanted: { readonly scan: ScanOptions; readonly inputs: string },
  done: {
    readonly plan: BuildPlan<Result>;
    readonly items: readonly BuildItem<Result>[];
    readonly before: BuildMemory<Result> | undefined;
  },
): BuildMemory<Result> {
  const { items, plan, before } = done;
  const sameDirs = before !== undefined && plan.found === before.found;
  return {
    inputs: wanted.inputs,
    scanKey: scanKey(wanted.scan),
    root: tree.oid,
    found: plan.found,
    items,
    positions: sameDirs ? before.positions : positionsOf(items),
    recheck: recheckOf(items, sameDirs ? { before, plan } : undefined),
    linked: sameDirs ? before.linked : items.some(({ dir }) => dir.path !== dir.realPath),
    scans: plan.scans,
    sizes: plan.sizes,
  };
}

function recheckOf<Result>(
  items: readonly BuildItem<Result>[],
  same: { readonly before: BuildMemory<Result>; readonly plan: BuildPlan<Result> } | undefined,
): Set<number> {
  const recheck = new Set(same?.before.recheck);
  for (const position of same?.plan.steps.map((step) => step.position) ?? items.keys()) {
    const item = items[position];
    if (item !== undefined && (item.outside.length > 0 || !item.lasting)) recheck.add(position);
    else recheck.delete(position);
  }
  return recheck;
}

function positionsOf(items: readonly BuildItem<unknown>[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  for (const [index, { dir }] of items.entries()) {
    const known = positions.get(dir.path);
    if (known === undefined) positions.set(dir.path, [index]);
    else known.push(index);
  }
  return positions;
}

function holds(tree: CommitTree, item: BuildItem<unknown>): boolean {
  return item.lasting && outsideUnchanged(tree, item.outside);
}

function isSameDir(left: BundleDir, right: BundleDir): boolean {
  return left.oid === right.oid && left.realPath === right.realPath && left.optionsFile === right.optionsFile;
}

function scanKey(scan: ScanOptions): string {
  return JSON.stringify([scan.paths ?? [], scan.bundles ?? []]);
}
