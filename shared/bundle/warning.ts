import type { SourcePosition } from "../errors.ts";

/** What a warning is about; `drover lint` and status show it, `strict` makes it an error. */
export const warningCodes = {
  BUNDLE_ACCIDENTAL: "A bundle holds the files of other bundles, or the repository's own GitRepo manifests.",
  BUNDLE_EMPTY: "A directory has options and nothing else to deploy, so that it gives no bundle.",
  BUNDLE_NAME_TAKEN: "Two directories give the same bundle name; the later one counts.",
  BUNDLE_TOO_BIG: "A bundle is larger than Fleet could store.",
  CHART_NOT_FOUND: "helm.chart names a directory without Chart.yaml; the bundle is plain YAML then.",
  CHART_OUTDATED: "A chart's server could not be reached; the copy of the last time is used.",
  CLUSTER_FIELD_MISSING: "A target names no cluster, group or selector and so matches nothing.",
  DOCUMENT_IGNORED: "Only the first YAML document of the file is read.",
  FIELD_FOR_ALL: "A field of a customization that counts for all clusters of the bundle.",
  FIELD_WITHOUT_EFFECT: "A field that is known but does nothing where it stands.",
  HOOK_UNKNOWN: "An object is a hook for an event that Helm 4 does not know; it is left out.",
  IGNORE_WITHOUT_EFFECT: "A line of .fleetignore that leaves nothing out.",
  KEY_DUPLICATE: "A key stands twice in one map; the last one counts.",
  KEY_UNKNOWN: "A key that nobody reads.",
  KUSTOMIZATION_NOT_FOUND: "A kustomization is missing, or in a file that is not named kustomization.yaml.",
  LFS_POINTER: "A file is a Git LFS pointer; its content is not in the repository.",
  LINK_UNUSED:
    "A symbolic link below a path leads out of the repository, nowhere, in a circle, or to what is a bundle already.",
  MANIFEST_IGNORED:
    "A document or object without kind or apiVersion, or labels that no cluster takes, are left out of a manifest.",
  METADATA_INVALID: "A name, label or annotation that no Bundle can have; the hub refuses the directory.",
  OVERLAY_NOT_FOUND: "yaml.overlays names a directory that is not there.",
  PATH_UNMATCHED: "An entry of paths matches no directory.",
  SELECTOR_MATCHES_ALL: "A selector holds labels in the wrong place and so matches everything.",
  SUBMODULE_SKIPPED: "A Git submodule in the bundle was not fetched.",
  TARGET_SHADOWED: "An earlier customization matches every cluster, so that a later one never counts.",
  TEMPLATE_SUSPECT:
    "Values or templateValues hold ${NAME} or ${NAME:-default}, which is a Go template here, not a shell variable.",
  VALUE_UNKNOWN: "A value that is none of those a field takes.",
} as const satisfies Record<string, string>;

/** A code of the table above. */
export type WarningCode = keyof typeof warningCodes;

/** Something that works, but hardly as meant. */
export interface BundleWarning {
  readonly code: WarningCode;
  /** What is odd, what follows from it, and what was perhaps meant. */
  readonly message: string;
  readonly position: SourcePosition;
}
