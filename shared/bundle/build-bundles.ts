import { AppError } from "../errors.ts";
import {
  type AssembledBundle,
  type BundleResult,
  type BundleSource,
  type FailedBundle,
  assembleBundle,
} from "./assemble-bundle.ts";
import type { BundleOptions } from "./bundle-options.ts";
import { type FoundDirs, type PathFault, type ScanOptions, findBundleDirs } from "./find-bundle-dirs.ts";
import type { BundleWarning } from "./warning.ts";

/** Everything that one commit gives. */
export interface BuiltBundles {
  /** In the order in which they were read; of equal names the later one counts. */
  readonly bundles: readonly AssembledBundle[];
  /** Directories that could not be built: what is deployed of them stays as it is. */
  readonly failed: readonly FailedBundle[];
  /** Entries of paths or bundles that could not be searched, or a commit without any bundle. */
  readonly faults: readonly PathFault[];
  /** Warnings that belong to no single bundle. */
  readonly warnings: readonly BundleWarning[];
}

/** Returns all bundles of a tree. Each fault stops only what it concerns. */
export function buildBundles(source: BundleSource, scan: ScanOptions, options: BundleOptions): BuiltBundles {
  const found = findBundleDirs(source.tree, scan);
  return gatherBundles(
    found,
    found.dirs.map((dir) => assembleBundle(source, dir, options)),
    scan,
  );
}

/** Returns what the results of the directories that were found come to, in their order. */
export function gatherBundles(found: FoundDirs, results: readonly BundleResult[], scan: ScanOptions): BuiltBundles {
  const bundles: AssembledBundle[] = [];
  const failed: FailedBundle[] = [];
  const faults = [...found.faults];
  const warnings = [...unmatchedWarnings(found.unmatched, scan), ...found.warnings];
  const names = new Map<string, string>();
  for (const result of results) {
    const { dir } = result;
    if (result.kind === "failed") failed.push(result);
    if (result.kind === "empty") warnings.push(...result.warnings);
    if (result.kind !== "bundle") continue;
    bundles.push(result);
    const name = result.bundle.metadata.name ?? "";
    const other = names.get(name);
    names.set(name, dir.path);
    if (other !== undefined && other !== dir.path) {
      const message = `the directories "${other}" and "${dir.path}" both give the bundle ${name}; the later one counts`;
      warnings.push({ code: "BUNDLE_NAME_TAKEN", message, position: { file: dir.path } });
    }
  }
  if (bundles.length === 0 && failed.length === 0 && faults.length === 0) {
    const paths = scan.paths === undefined || scan.paths.length === 0 ? ["."] : scan.paths;
    const error = new AppError("BUNDLES_NONE", `nothing to deploy was found at ${paths.join(", ")}`, {
      verdict: "stalled",
    });
    faults.push({ path: paths.join(","), error });
  }
  return { bundles, failed, faults, warnings };
}

/** Returns a warning for each entry of a GitRepo's `paths` that leads to no directory. */
export function unmatchedWarnings(paths: readonly string[], scan: ScanOptions = {}): BundleWarning[] {
  const places = new Map(scan.paths?.map((path, index) => [path, scan.place?.("paths", index)]));
  return paths.map((path) => ({
    code: "PATH_UNMATCHED",
    message: `paths: "${path}" matches no directory, so that nothing is deployed from it${/^\/*$/u.test(path) ? "; the root of the repository is ." : ""}`,
    position: places.get(path) ?? {},
  }));
}
