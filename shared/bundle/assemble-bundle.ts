import type { Bundle, BundleSpec } from "../api/bundle.ts";
import type { Content } from "../api/content.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import { AppError } from "../errors.ts";
import { applyOptions, nameBundle, nameTargets } from "./apply-options.ts";
import type { BundleOptions } from "./bundle-options.ts";
import { type ChartLoader, collectCharts, findRemoteCharts, propagateChart } from "./chart-sources.ts";
import { checkContent, pathOf } from "./check-content.ts";
import {
  type OutsideInput,
  type OutsideNotes,
  collectFiles,
  compareBytes,
  lookUp,
  rootNameOf,
} from "./collect-files.ts";
import { type DependencyLoader, type TreeFile, completeCharts } from "./complete-charts.ts";
import { contentId, toResource } from "./content-id.ts";
import { decodeText } from "./decode-text.ts";
import { derivedBundleName } from "./derive-name.ts";
import type { ValuePath } from "./decode-lenient.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import { type FleetYamlReading, readFleetYaml } from "./read-fleet-yaml.ts";
import { type NamedImageScan, readImageScans } from "./read-image-scans.ts";
import { lfsWarnings } from "./lfs-pointers.ts";
import { type LocatedField, notActedOnAt } from "./not-acted-on.ts";
import { readValuesFiles } from "./read-values.ts";
import { type RepoTree, joinPath } from "./repo-tree.ts";
import { findOptionsFile } from "./scan-tree.ts";
import { checkChartFiles } from "./check-chart.ts";
import { strictFault } from "./strict.ts";
import type { BundleWarning } from "./warning.ts";
import { withPosition } from "./with-position.ts";

export type { NamedImageScan } from "./read-image-scans.ts";

/** Where bundles are built from. */
export interface BundleSource {
  readonly tree: RepoTree;
  /** Charts fetched for this commit; without it every bundle with a remote chart fails. */
  readonly loadChart?: ChartLoader;
  /** Packed charts that charts depend on; without it every chart that lacks a remote dependency fails. */
  readonly loadDependency?: DependencyLoader;
}

interface ResultBase {
  readonly dir: BundleDir;
  readonly warnings: readonly BundleWarning[];
  /** What was looked at outside of the directory's tree: while these lead to the same oids, the result holds. */
  readonly outside: readonly OutsideInput[];
}

/** A bundle without its files, and the files. */
export interface AssembledBundle extends ResultBase {
  readonly kind: "bundle";
  /** `spec.resources` is not in it: see `content`. */
  readonly bundle: Bundle;
  readonly content: Content;
  readonly contentId: string;
  readonly imageScans: readonly NamedImageScan[];
  /** Options of its fleet.yaml that nothing acts on yet. */
  readonly later: readonly LocatedField[];
}

/** A directory without anything to deploy: no bundle and no error, as in Fleet. */
export interface EmptyBundle extends ResultBase {
  readonly kind: "empty";
}

/** A directory that could not be built; the others of the commit go on. */
export interface FailedBundle extends ResultBase {
  readonly kind: "failed";
  /** Name the bundle has if the fault is not in its name: what is deployed under it stays. */
  readonly name: string;
  readonly error: AppError;
}

export type BundleResult = AssembledBundle | EmptyBundle | FailedBundle;

/**
 * Returns the bundle of one directory. A fault of the directory is a value (`kind: "failed"`); what the tree itself
 * throws (not loaded yet) passes through.
 */
export function assembleBundle(source: BundleSource, dir: BundleDir, options: BundleOptions): BundleResult {
  const outside: OutsideInput[] = [];
  const warnings: BundleWarning[] = [];
  try {
    const reading = readOptions({ tree: source.tree, dir: dir.realPath, outside }, dir);
    warnings.push(...reading.warnings);
    const result = assemble({ source, dir, options, reading, outside, warnings });
    const refused = options.strict === true ? strictFault(warnings) : undefined;
    if (refused === undefined) return result;
    const own = result.kind === "bundle" ? result.bundle.metadata.name : undefined;
    const name = own ?? derivedBundleName(options.name, dir);
    return { kind: "failed", dir, name, error: refused, warnings, outside };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "failed", dir, name: derivedBundleName(options.name, dir), error, warnings, outside };
  }
}

function readOptions(notes: OutsideNotes, dir: BundleDir): FleetYamlReading {
  const { tree } = notes;
  const file = dir.optionsFile ?? findOptionsFile(tree, dir.realPath);
  if (file === undefined) return readFleetYaml("", joinPath(dir.path, "fleet.yaml"));
  const path = joinPath(dir.realPath, file);
  const shown = joinPath(dir.path, file);
  const resolved = lookUp(notes, path);
  if (resolved.kind !== "found" || resolved.entry.type !== "file") {
    const problem = resolved.kind === "outside" ? resolved.reason : "there is no such file, or a link leads nowhere";
    throw new AppError("FLEET_YAML_INVALID", `options file ${shown}: ${problem}`, {
      verdict: "stalled",
      position: { file: shown, line: 1, column: 1 },
    });
  }
  return readFleetYaml(decodeText(tree.read(resolved.path)), shown);
}

interface Assembling {
  readonly source: BundleSource;
  readonly dir: BundleDir;
  readonly options: BundleOptions;
  readonly reading: FleetYamlReading;
  readonly outside: OutsideInput[];
  readonly warnings: BundleWarning[];
}

function assemble(state: Assembling): AssembledBundle | EmptyBundle {
  const { source, dir, options, reading, outside, warnings } = state;
  const { tree } = source;
  const imageScans = readImageScans(reading, options, dir);
  const declared = propagateChart(nameTargets(reading.options));
  const notes = { tree, dir: dir.realPath, outside };
  const { helm } = declared;
  const usesChart = helm !== undefined && ((helm.chart ?? "") !== "" || (helm.repo ?? "") !== "");
  const spec: BundleSpec = {
    ...declared,
    ...(usesChart ? { helm: readValues(state, helm, []) } : {}),
    targets: (declared.targets ?? []).map((target, index) =>
      target.helm === undefined
        ? target
        : { ...target, helm: readValues(state, target.helm, pathOf(reading.options, index)) },
    ),
  };
  const excluded = excludedNames(dir, declared);
  const collected = collectFiles(tree, { root: dir.realPath, rootName: rootNameOf(dir.path), excluded });
  if (dir.realPath !== "") outside.push(...collected.outside);
  warnings.push(...collected.warnings);
  const charts = withPosition(
    () => reading.locate(["helm", "chart"]),
    () => collectCharts(findRemoteCharts(declared, notes), source.loadChart, excluded),
  );
  const found = [...collected.files.map((file) => ({ ...file, tree })), ...charts];
  const files = helm?.disableDependencyUpdate === true ? found : complete(state, found);
  if (files.length === 0) {
    warnings.push(...emptyWarnings(reading, tree, dir));
    return { kind: "empty", dir, warnings, outside };
  }
  const content: Content = {
    source: "files",
    resources: files
      .map((file) => toResource(file.name, file.tree.read(file.path)))
      .toSorted((a, b) => compareBytes(a.name, b.name)),
  };
  const bundle = nameBundle(applyOptions(spec, reading.options, options), reading.options, { options, dir });
  warnings.push(...checkContent({ spec: bundle.spec, yaml: reading.options, content, dir, locate: reading.locate }));
  warnings.push(...lfsWarnings(content, dir.path));
  const later = notActedOnAt("Bundle", { spec: reading.options, locate: reading.locate });
  return { kind: "bundle", dir, bundle, content, contentId: contentId(content), imageScans, later, warnings, outside };
}

/** Adds what the dependency update adds to the directory's charts and to fetched ones. */
function complete({ source, dir, outside }: Assembling, files: readonly TreeFile[]): TreeFile[] {
  const added = [...Map.groupBy(files, ({ tree }) => tree)].flatMap(([tree, own]) => {
    const notes = tree === source.tree ? { tree, dir: dir.realPath, outside } : { tree, dir: "", outside: [] };
    return completeCharts(checkChartFiles(own, tree, dir.path), notes, source.loadDependency);
  });
  const names = new Set(added.map(({ name }) => name));
  return [...files.filter(({ name }) => !names.has(name)), ...added];
}

/** A directory without options is empty on purpose; one with options was meant to be a bundle. */
function emptyWarnings(reading: FleetYamlReading, tree: RepoTree, dir: BundleDir): BundleWarning[] {
  const file = dir.optionsFile ?? findOptionsFile(tree, dir.realPath);
  if (file === undefined) return [];
  const message = `nothing is deployed: ${dir.path === "" ? "the root" : `directory "${dir.path}"`} has nothing but ${file}, hidden files and what .fleetignore leaves out`;
  return [{ code: "BUNDLE_EMPTY", message, position: reading.locate([]) }];
}

function readValues(state: Assembling, helm: HelmOptions, path: ValuePath): HelmOptions {
  const { source, dir, outside, reading, warnings } = state;
  const notes = { tree: source.tree, dir: dir.realPath, outside };
  return withPosition(
    () => reading.locate([...path, "helm", "valuesFiles"]),
    () => readValuesFiles(helm, notes, warnings),
  );
}

function excludedNames(dir: BundleDir, spec: BundleSpec): ReadonlySet<string> {
  const files = [spec.helm, ...(spec.targets ?? []).map((target) => target.helm)].flatMap(
    (helm) => helm?.valuesFiles ?? [],
  );
  const own = dir.optionsFile === undefined ? [] : [dir.optionsFile];
  return new Set([
    "fleet.yaml",
    ...own,
    ...files,
    ...files.map((file) => file.replace(/\/+$/u, "").replace(/^.*\//u, "")),
  ]);
}
