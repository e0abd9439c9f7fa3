import type { BundleSpec } from "../api/bundle-spec.ts";
import type { Content } from "../api/content.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import type { SourcePosition } from "../errors.ts";
import { chartPrefix } from "./chart-sources.ts";
import type { ValuePath } from "./decode-lenient.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import { cleanPath, joinPath } from "./repo-tree.ts";
import type { BundleWarning, WarningCode } from "./warning.ts";

/** Bytes of content above which Fleet's object is too large for an API server. */
export const maxFleetBytes = 1_500_000;

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
    ...checkAccident(check),
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

function warning(code: WarningCode, message: string, position: SourcePosition): BundleWarning {
  return { code, message, position };
}

function checkAccident({ content, dir }: ContentCheck): BundleWarning[] {
  const warnings: BundleWarning[] = [];
  const position = { file: dir.path === "" ? "." : dir.path, line: 1, column: 1 };
  const nested = content.resources.filter(({ name }) => /\/fleet\.ya?ml$/u.test(name)).map(({ name }) => name);
  if (nested.length > 0) {
    const shown = nested.slice(0, 3).join(", ");
    const message = `the bundle holds the files of ${nested.length} other bundle(s) (${shown}${nested.length > 3 ? ", …" : ""}); name the directories in paths if that is not meant`;
    warnings.push(warning("BUNDLE_ACCIDENTAL", message, position));
  }
  const gitRepo = content.resources.find(
    ({ name, content: text, encoding }) =>
      encoding === undefined &&
      /\.ya?ml$/u.test(name) &&
      /^kind:\s*GitRepo\s*$/mu.test(text) &&
      text.includes("fleet.cattle.io"),
  );
  if (gitRepo !== undefined) {
    const message = `the bundle deploys the GitRepo manifest "${gitRepo.name}" to the target clusters; name the directories in paths if that is not meant`;
    warnings.push(warning("BUNDLE_ACCIDENTAL", message, position));
  }
  const bytes = content.resources.reduce((sum, resource) => sum + resource.content.length, 0);
  if (bytes > maxFleetBytes) {
    const message = `the bundle has ${(bytes / 1e6).toFixed(1)} MB of files; is everything in it meant to be deployed?`;
    warnings.push(warning("BUNDLE_TOO_BIG", message, position));
  }
  return warnings;
}
