import type { BundleSpec } from "../api/bundle-spec.ts";
import type { Content } from "../api/content.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import type { SourcePosition } from "../errors.ts";
import { chartPrefix } from "./chart-sources.ts";
import type { ValuePath } from "./decode-lenient.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import { detectStyle } from "../render/detect-style.ts";
import { checkSize } from "./check-size.ts";
import { cleanPath, joinPath } from "./repo-tree.ts";
import type { BundleWarning, WarningCode } from "./warning.ts";

/** A bundle about to be finished. */
export interface ContentCheck {
  readonly spec: BundleSpec;
  readonly yaml: FleetYaml;
  readonly content: Content;
  readonly dir: BundleDir;
  readonly locate: (path: ValuePath) => SourcePosition;
}

/** Returns warnings about what a bundle's options say of its files: names that lead nowhere, content hardly meant. */
export function checkContent(check: ContentCheck): BundleWarning[] {
  const names = new Set(check.content.resources.map((resource) => resource.name));
  const dirs = new Set([...names].flatMap(parentsOf));
  return [
    ...checkOverlays(check, dirs),
    ...checkCharts(check, names),
    ...checkKustomize(check, names),
    ...checkValues(check, names),
    ...checkSize(check),
  ];
}

function parentsOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

type Entry = { readonly options: BundleSpec | NonNullable<BundleSpec["targets"]>[number]; readonly path: ValuePath };

/** Returns where the target at this position of a bundle's `targets` stands in its fleet.yaml. */
export function pathOf(yaml: FleetYaml, index: number): ValuePath {
  const before = yaml.targets?.length ?? 0;
  return index < before ? ["targets", index] : ["targetCustomizations", index - before];
}

function entriesOf({ spec, yaml }: ContentCheck): Entry[] {
  const targets = (spec.targets ?? []).map((options, index): Entry => ({ options, path: pathOf(yaml, index) }));
  return [{ options: spec, path: [] }, ...targets];
}

function checkOverlays(check: ContentCheck, dirs: ReadonlySet<string>): BundleWarning[] {
  return entriesOf(check).flatMap(({ options, path }) =>
    (options.yaml?.overlays ?? [])
      .filter((overlay) => !dirs.has(cleanPath(`overlays/${overlay}`) ?? ""))
      .map((overlay) => ({
        code: "OVERLAY_NOT_FOUND" as const,
        message: `overlay "${overlay}" changes nothing: there is no directory overlays/${overlay} with files in it`,
        position: check.locate([...path, "yaml", "overlays"]),
      })),
  );
}

function checkCharts(check: ContentCheck, names: ReadonlySet<string>): BundleWarning[] {
  return entriesOf(check).flatMap(({ options, path }) => {
    const { helm } = options;
    const chart = helm?.chart ?? "";
    if (helm === undefined || chart === "" || hasChart(helm, names)) return [];
    const message = `helm.chart "${chart}" has no Chart.yaml in the bundle directory, so the files are taken as plain YAML`;
    return [{ code: "CHART_NOT_FOUND" as const, message, position: check.locate([...path, "helm", "chart"]) }];
  });
}

function hasChart(helm: HelmOptions, names: ReadonlySet<string>): boolean {
  const { chart = "", repo = "", version = "" } = helm;
  if (names.has(joinPath(cleanPath(chart) ?? chart, "Chart.yaml"))) return true;
  const prefix = `${chartPrefix({ chart, repo, version })}/`;
  return [...names].some(
    (name) => name.startsWith(prefix) && /^(?:[^/]+\/)?Chart\.yaml$/u.test(name.slice(prefix.length)),
  );
}

function checkKustomize(check: ContentCheck, names: ReadonlySet<string>): BundleWarning[] {
  const warnings = entriesOf(check).flatMap(({ options, path }) => {
    const kustomizeDir = options.kustomize?.dir ?? "";
    if (kustomizeDir === "" || names.has(joinPath(cleanPath(kustomizeDir) ?? "", "kustomization.yaml"))) return [];
    const message = `kustomize.dir "${kustomizeDir}" has no kustomization.yaml, so the files are taken as plain YAML`;
    return [warning("KUSTOMIZATION_NOT_FOUND", message, check.locate([...path, "kustomize", "dir"]))];
  });
  const other = ["kustomization.yml", "Kustomization"].find((name) => names.has(name));
  if (other !== undefined && !names.has("kustomization.yaml")) {
    const message = `"${other}" is not read as a kustomization; name it kustomization.yaml`;
    warnings.push(
      warning("KUSTOMIZATION_NOT_FOUND", message, { file: joinPath(check.dir.path, other), line: 1, column: 1 }),
    );
  }
  return warnings;
}

/**
 * Values and their templates reach charts only (templates/ of plain YAML, a chart in the bundle or a fetched one), and
 * Handlebars templates where there are any.
 */
function checkValues(check: ContentCheck, names: ReadonlySet<string>): BundleWarning[] {
  const entries = entriesOf(check);
  const namesChart = entries.some(({ options: { helm } }) => (helm?.chart ?? "") !== "" || (helm?.repo ?? "") !== "");
  const hasHandlebars = entries.some(({ options: { handlebars } }) => handlebars !== undefined);
  if (namesChart || hasHandlebars || [...names].some((name) => name.startsWith("templates/"))) return [];
  return entries.flatMap(({ options, path }) => {
    const merged = { ...check.spec, ...options, helm: { ...check.spec.helm, ...options.helm } };
    const key = (["values", "templateValues", "valuesFrom"] as const).find((name) => isGiven(options.helm?.[name]));
    if (key === undefined || detectStyle(names, merged).chartDir !== undefined) return [];
    const message = `helm.${key} reaches nothing: the bundle has no chart; it is plain YAML or a kustomization`;
    return [warning("FIELD_WITHOUT_EFFECT", message, check.locate([...path, "helm", key]))];
  });
}

function isGiven(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0;
}

function warning(code: WarningCode, message: string, position: SourcePosition): BundleWarning {
  return { code, message, position };
}
