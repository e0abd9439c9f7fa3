import * as z from "zod";

/** One file of a bundle. `encoding` absent: `content` is text; `base64`: bytes that are not UTF-8. */
export interface ContentResource {
  /** Path relative to the bundle directory, `/` as separator. */
  readonly name: string;
  readonly content: string;
  readonly encoding?: "base64";
}

/**
 * The resources of a bundle by hash. `source: "files"` are files to be rendered by the agent; `source: "objects"`
 * are objects that the bundler has rendered already (kustomize): one resource named `objects.yaml`.
 * Stored as a zstd blob of its JSON, named by the SHA-256 of the uncompressed JSON bytes.
 */
export interface Content {
  readonly source: "files" | "objects";
  readonly resources: readonly ContentResource[];
}

/** A content as it is read back from its JSON. */
export const contentSchema = z.object({
  source: z.enum(["files", "objects"]),
  resources: z.array(
    z.object({ name: z.string(), content: z.string(), encoding: z.literal("base64").exactOptional() }),
  ),
});
