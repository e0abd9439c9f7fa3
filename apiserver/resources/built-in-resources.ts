import { readFileSync } from "node:fs";
import { z } from "zod";
import type { GroupVersionKind } from "./api-object.ts";

/** A resource that Kubernetes has built in, as its discovery describes it. */
export interface BuiltInResource {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly BuiltInSubresource[];
}

/** A subresource with the kind that it speaks. */
export interface BuiltInSubresource {
  readonly name: string;
  readonly verbs: readonly string[];
  readonly kind: GroupVersionKind;
}

const words = z.array(z.string());
const kind = z.object({ group: z.string(), version: z.string(), kind: z.string() });
const resource = z.object({
  group: z.string(),
  version: z.string(),
  plural: z.string(),
  singular: z.string(),
  kind: z.string(),
  namespaced: z.boolean(),
  shortNames: words,
  categories: words,
  verbs: words,
  subresources: z.array(z.object({ name: z.string(), verbs: words, kind })),
});

let loaded: readonly BuiltInResource[] | undefined;

/** Returns all built-in resources of Kubernetes 1.36 in the order of its discovery; read from disk once. */
export function builtInResources(): readonly BuiltInResource[] {
  const file = new URL("data/built-in-resources.json", import.meta.url);
  loaded ??= z.array(resource).parse(JSON.parse(readFileSync(file, "utf8")));
  return loaded;
}
