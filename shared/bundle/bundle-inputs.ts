import { createHash } from "node:crypto";

import { stableJson } from "../../codec/stable-hash.ts";
import { type OutsideInput, outsideInput } from "./collect-files.ts";
import type { BundleOptions } from "./bundle-options.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import type { RepoTree } from "./repo-tree.ts";

/** Raise when a change of the code gives other bundles from the same input: kept results are then built again. */
const assemblyVersion = 1;

/**
 * Returns a key for everything inside the directory that decides about its bundle: where it is, its tree, the options.
 * With equal keys and `outsideUnchanged`, an earlier result of `assembleBundle` holds and nothing needs to be read.
 */
export function bundleKey(dir: BundleDir, optionsDigest: string): string {
  return `${assemblyVersion}:${dir.oid}:${optionsDigest}:${dir.optionsFile ?? ""}:${dir.path}:${dir.realPath}`;
}

/** Returns a digest of the options for `bundleKey`; computed once per commit. */
export function optionsDigest(options: BundleOptions): string {
  return createHash("sha256").update(stableJson(options)).digest("hex");
}

/** Returns whether all that an earlier build looked at outside of its directory is still the same in this tree. */
export function outsideUnchanged(tree: RepoTree, outside: readonly OutsideInput[]): boolean {
  return outside.every((input) => outsideInput(tree, input.path).oid === input.oid);
}
