import type { Bundle } from "../../shared/api/bundle.ts";
import type { NamedImageScan } from "../../shared/bundle/assemble-bundle.ts";
import type { BundleDir, PathFault } from "../../shared/bundle/find-bundle-dirs.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import type { AppError } from "../../shared/errors.ts";
import type { ChartPin } from "../../shared/bundle/charts/chart-pins.ts";
import type { ContentBlob } from "./content-blob.ts";
import type { BundleStyle } from "../../shared/render/kustomize-variants.ts";
import type { NestedPieces, Nesting } from "./list-nested.ts";
import type { BuildMemory } from "./plan-build.ts";

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

/** A result that has a name in the cluster. */
export type Named = BuiltBundle | BuildFailure;

/** What becomes of a directory; `empty`: there is nothing to deploy. */
export type Built = Named | (BuiltBase & { readonly kind: "empty" });

/** What later builds of the same GitRepo reuse. */
export interface BuildCache extends BuildMemory<Built> {
  /** Whether no two directories gave the same name. */
  readonly uniqueNames: boolean;
  readonly nesting: Nesting;
  readonly pieces: NestedPieces;
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
  /** In scan order; of several with one name only the last is here. */
  readonly bundles: readonly Named[];
  /** Those of `bundles` that were built now; all others are the very objects of the cache's build. */
  readonly changed: readonly Named[];
  readonly faults: readonly PathFault[];
  readonly unmatched: readonly string[];
  /** What the search for bundles warns of. */
  readonly warnings: readonly BundleWarning[];
  /** Contents of the bundles that were built now, and pieces of them, by digest. */
  readonly blobs: ReadonlyMap<string, ContentBlob>;
  readonly counts: BuildCounts;
  /** What the charts came to that its bundles are made with. */
  readonly charts: readonly ChartPin[];
  /** When building the same commit again may give something else: a version range, or what could not be fetched. */
  readonly againAfterMs?: number;
  readonly cache: BuildCache;
}
