import type { JsonObject } from "../../codec/json-value.ts";
import { gitRepoSpecSchema } from "../../shared/api/git-repo.ts";
import { cleanManifest } from "./clean-manifest.ts";
import { keptAnnotation } from "./import-marks.ts";
import { idOf, objectAt, textAt } from "./json-path.ts";

/** A manifest for Drover, and what the reader should know of it. */
export interface Converted {
  readonly manifest: JsonObject;
  readonly warnings: readonly string[];
}

/** Fields that Drover keeps and does not act on, with what to do instead. */
const withoutEffect: Readonly<Record<string, string>> = {
  imageScanInterval: "images are not scanned: change tags in Git",
  imageScanCommit: "images are not scanned: change tags in Git",
  ociRegistrySecret: "bundles are not stored in registries: nothing is needed",
};

/**
 * Returns a GitRepo as Drover takes it: defaults of the workspace's GitRepoRestrictions filled in, `keepResources` as it
 * was before `keep` set it.
 */
export function convertGitRepo(object: JsonObject, restrictions: readonly JsonObject[]): Converted {
  const manifest = cleanManifest(object);
  const before = textAt(object, "metadata", "annotations", keptAnnotation);
  const { keepResources, ...spec } = objectAt(manifest, "spec");
  const keep = before === "" ? keepResources === true : before === "true";
  const filled = { ...spec, ...(keep ? { keepResources: true } : {}), ...defaults(spec, restrictions) };
  const id = `GitRepo ${idOf(object)}`;
  const warnings = Object.keys(filled).flatMap((field) => {
    const advice = withoutEffect[field];
    if (advice !== undefined) return [`${id}: spec.${field} has no effect: ${advice}`];
    return Object.hasOwn(gitRepoSpecSchema.shape, field) ? [] : [`${id}: spec.${field} is unknown to Drover`];
  });
  return { manifest: { ...manifest, spec: filled }, warnings };
}

/** Fleet takes the first restriction, by name, that has a default (source: rancher/fleet `gitops/reconciler/restrictions.go`). */
function defaults(spec: JsonObject, restrictions: readonly JsonObject[]): JsonObject {
  const sorted = restrictions.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const fill = (field: string, from: string): JsonObject => {
    const value = sorted.map((restriction) => textAt(restriction, from)).find((text) => text !== "");
    return value === undefined || textAt(spec, field) !== "" ? {} : { [field]: value };
  };
  return { ...fill("serviceAccount", "defaultServiceAccount"), ...fill("clientSecretName", "defaultClientSecretName") };
}

/** Returns what of a GitRepoRestriction Drover does not do by itself. */
export function restrictionWarnings(restriction: JsonObject): string[] {
  return Object.keys(restriction)
    .filter((field) => field.startsWith("allowed"))
    .map(
      (field) =>
        `GitRepoRestriction ${idOf(restriction)}: ${field} is not enforced: let roles say who may change GitRepos of the workspace (docs/how-to/users-and-roles.md), and service accounts what they may deploy`,
    );
}

/** Returns the names of the Secrets that a GitRepo reads; `gitcredential` counts where it names none for Git. */
export function secretNames(gitRepo: JsonObject): string[] {
  const named = ["clientSecretName", "helmSecretName", "helmSecretNameForPaths", "webhookSecret"]
    .map((field) => textAt(gitRepo, "spec", field))
    .filter((name) => name !== "");
  return textAt(gitRepo, "spec", "clientSecretName") === "" ? [...named, "gitcredential"] : named;
}
