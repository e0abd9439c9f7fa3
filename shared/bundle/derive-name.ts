import { helmReleaseName } from "../names.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import { cleanPath } from "./repo-tree.ts";

/** Returns the name that a directory's bundle has unless its fleet.yaml says otherwise. */
export function derivedBundleName(gitRepoName: string, dir: BundleDir): string {
  const optionsPart = (dir.optionsFile ?? "").replace(/\.[^./]*$/u, "");
  return helmReleaseName(
    [gitRepoName, dir.path, cleanPath(optionsPart) ?? optionsPart].filter((part) => part !== "").join("/"),
  );
}
