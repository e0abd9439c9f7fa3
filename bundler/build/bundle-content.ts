import * as z from "zod";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { kustomizeDir } from "../../shared/render/kustomize-variants.ts";

/** What a Bundle consists of, as its annotation keeps it: digests of `Content` blobs. */
export const bundleContentSchema = z.object({
  /** Digest of the bundle's files. */
  files: z.string(),
  style: z.object({ charts: z.array(z.string()), fetchedChart: z.boolean(), kustomizations: z.array(z.string()) }),
  /** Digests of what kustomize made, by directory ("" for the bundle's own). */
  kustomize: z.record(z.string(), z.string()),
});

export type BundleContent = z.infer<typeof bundleContentSchema>;

/** Returns the digest of the content that clusters with these options render: the files, or what kustomize made. */
export function contentFor(made: BundleContent, options: DeploymentOptions): string {
  const directory = kustomizeDir(made.style, options);
  return directory === undefined ? made.files : (made.kustomize[directory] ?? made.files);
}
