import type { Bundle, BundleSpec } from "../api/bundle.ts";
import type { Content } from "../api/content.ts";
import type { FleetYaml, ImageScan } from "../api/fleet-yaml.ts";
import { fleetApiVersion } from "../api/meta.ts";
import { AppError } from "../errors.ts";
import { helmReleaseName, safeConcatName } from "../names.ts";
import type { BundleOptions } from "./bundle-options.ts";
import { type ChartLoader, collectCharts, findRemoteCharts, propagateChart } from "./chart-sources.ts";
import { checkContent } from "./check-content.ts";
import { type OutsideInput, type OutsideNotes, collectFiles, lookUp, rootNameOf } from "./collect-files.ts";
import { contentId, toResource } from "./content-id.ts";
import { type BundleDir, findOptionsFile } from "./find-bundle-dirs.ts";
import { type FleetYamlReading, readFleetYaml } from "./read-fleet-yaml.ts";
import { readValuesFiles } from "./read-values.ts";
import { type RepoTree, cleanPath, joinPath } from "./repo-tree.ts";
import { checkChartFiles } from "./check-chart.ts";
import type { BundleWarning } from "./warning.ts";

/** Where bundles are built from. */
export interface BundleSource {
  readonly tree: RepoTree;
  /** Charts fetched for this commit; without it every bundle with a remote chart fails. */
  readonly loadChart?: ChartLoader;
}

/** An image scan that a fleet.yaml asks for. */
export interface NamedImageScan {
  readonly name: string;
  readonly spec: ImageScan;
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

/** Returns the name that a directory's bundle has unless its fleet.yaml says otherwise. */
export function derivedBundleName(gitRepoName: string, dir: BundleDir): string {
  const optionsPart = (dir.optionsFile ?? "").replace(/\.[^./]*$/u, "");
  return helmReleaseName(
    [gitRepoName, dir.path, cleanPath(optionsPart) ?? optionsPart].filter((part) => part !== "").join("/"),
  );
}

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
    const [first] = warnings;
    if (options.strict === true && first !== undefined) throw refuseWarnings(warnings, first);
    return result;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "failed", dir, name: derivedBundleName(options.name, dir), error, warnings, outside };
  }
}

function refuseWarnings(warnings: readonly BundleWarning[], first: BundleWarning): AppError {
  const text = warnings
    .map(({ message, position }) => `${position.file ?? ""}:${position.line ?? 1}: ${message}`)
    .join("; ");
  return new AppError("BUNDLE_STRICT", `refused because of strict: ${text}`, {
    verdict: "stalled",
    position: first.position,
  });
}

function readOptions(notes: OutsideNotes, dir: BundleDir): FleetYamlReading {
  const { tree } = notes;
  const file = dir.optionsFile ?? findOptionsFile(tree, dir.realPath);
  if (file === undefined) return readFleetYaml("", joinPath(dir.path, "fleet.yaml"));
  const path = joinPath(dir.realPath, file);
  const shown = joinPath(dir.path, file);
  const resolved = lookUp(notes, path);
  if (resolved.kind !== "found" || resolved.entry.type !== "file") {
    const problem = resolved.kind === "outside" ? resolved.reason : "there is no such file";
    throw new AppError("FLEET_YAML_INVALID", `options file ${shown}: ${problem}`, {
      verdict: "stalled",
      position: { file: shown },
    });
  }
  return readFleetYaml(new TextDecoder().decode(tree.read(resolved.path)), shown);
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
  const imageScans = readImageScans(state);
  const declared = propagateChart(nameTargets(reading.options));
  const notes = { tree, dir: dir.realPath, outside };
  const { helm } = declared;
  const usesChart = helm !== undefined && ((helm.chart ?? "") !== "" || (helm.repo ?? "") !== "");
  const spec: BundleSpec = {
    ...declared,
    ...(usesChart ? { helm: readValuesFiles(helm, notes) } : {}),
    targets: (declared.targets ?? []).map((target) =>
      target.helm === undefined ? target : { ...target, helm: readValuesFiles(target.helm, notes) },
    ),
  };
  const excluded = excludedNames(dir, declared);
  const collected = collectFiles(tree, { root: dir.realPath, rootName: rootNameOf(dir.path), excluded });
  if (dir.realPath !== "") outside.push(...collected.outside);
  warnings.push(...collected.warnings);
  if (helm?.disableDependencyUpdate !== true) checkChartFiles(collected.files, tree, dir.path);
  const charts = collectCharts(findRemoteCharts(declared, notes), source.loadChart, excluded);
  const files = [...collected.files.map((file) => ({ ...file, tree })), ...charts];
  if (files.length === 0) return { kind: "empty", dir, warnings, outside };
  const content: Content = {
    source: "files",
    resources: files
      .map((file) => toResource(file.name, file.tree.read(file.path)))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  const bundle = nameBundle(applyOptions(spec, reading.options, options), state);
  warnings.push(...checkContent({ spec: bundle.spec, content, dir, locate: reading.locate }));
  return { kind: "bundle", dir, bundle, content, contentId: contentId(content), imageScans, warnings, outside };
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

function readImageScans({ reading, options, dir }: Assembling): NamedImageScan[] {
  const scans = reading.options.imageScans ?? [];
  const position = reading.locate(["imageScans"]);
  if (scans.length > 0 && options.imageScansEnabled !== true) {
    const message = "imageScans is used but image scanning is off; remove it, or turn image scanning on";
    throw new AppError("FLEET_YAML_INVALID", `${position.file ?? ""}:${position.line ?? 1}: ${message}`, {
      verdict: "stalled",
      position,
    });
  }
  const base = derivedBundleName(options.name, dir);
  return scans.flatMap((scan, index) => {
    if ((scan.image ?? "") === "") return [];
    if ((scan.tagName ?? "") === "") {
      const at = reading.locate(["imageScans", index]);
      const message = `${at.file ?? ""}:${at.line ?? 1}: imageScans[${index}] needs a tagName`;
      throw new AppError("FLEET_YAML_INVALID", message, { verdict: "stalled", position: at });
    }
    const { name: _, ...spec } = scan;
    return [{ name: safeConcatName("imagescan", base, String(index)), spec }];
  });
}

/** `targets`, then `targetCustomizations`, those without a name named by position. */
function nameTargets(yaml: FleetYaml): BundleSpec {
  const {
    name: _name,
    labels: _labels,
    annotations: _annotations,
    targetCustomizations,
    overrideTargets: _,
    imageScans: _scans,
    ...spec
  } = yaml;
  const targets = [...(yaml.targets ?? []), ...(targetCustomizations ?? [])];
  return {
    ...spec,
    targets: targets.map((target, index) =>
      (target.name ?? "") === "" ? { ...target, name: `target${String(index).padStart(3, "0")}` } : target,
    ),
  };
}

/** The GitRepo's options over those of fleet.yaml, in Fleet's order. */
function applyOptions(spec: BundleSpec, yaml: FleetYaml, options: BundleOptions): BundleSpec {
  const override = yaml.overrideTargets?.map(
    ({ name, clusterName, clusterSelector, clusterGroup, clusterGroupSelector }) =>
      compact({ name, clusterName, clusterSelector, clusterGroup, clusterGroupSelector }),
  );
  const { forceSyncGeneration: _, ...rest } = spec;
  let targets = [...(spec.targets ?? []), ...(override ?? options.targets ?? [])];
  const targetRestrictions = override ?? options.targetRestrictions ?? [];
  if (targets.length === 0) targets = [{ name: "default", clusterGroup: "default" }];
  const { targetNamespace = "", serviceAccount = "", correctDrift, forceSyncGeneration = 0 } = options;
  if (targetNamespace !== "") targets = targets.map((target) => ({ ...target, namespace: targetNamespace }));
  return {
    ...rest,
    targets,
    ...(targetRestrictions.length === 0 ? {} : { targetRestrictions }),
    ...(serviceAccount === "" ? {} : { serviceAccount }),
    ...(forceSyncGeneration === 0 ? {} : { forceSyncGeneration }),
    ...(targetNamespace === "" ? {} : { namespace: targetNamespace }),
    ...(options.paused === true ? { paused: true } : {}),
    ...(options.keepResources === true ? { keepResources: true } : {}),
    ...(options.deleteNamespace === true ? { deleteNamespace: true } : {}),
    ...(correctDrift?.enabled === true ? { correctDrift } : {}),
  };
}

function compact<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function nameBundle(spec: BundleSpec, { reading, options, dir }: Assembling): Bundle {
  const { name = "", labels: own, annotations } = reading.options;
  const labels = { ...options.labels, ...own };
  return {
    apiVersion: fleetApiVersion,
    kind: "Bundle",
    metadata: {
      name: name === "" ? derivedBundleName(options.name, dir) : name,
      namespace: options.namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec,
  };
}
