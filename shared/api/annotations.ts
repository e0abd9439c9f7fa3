/** Annotation of a Bundle: digest of the `Content` blob with its files; set by the hub only. */
export const contentAnnotation = "drover.dev/content";

/** Annotation of a Bundle: JSON of the digests of what kustomize made, by `kustomize.dir`; set by the hub only. */
export const kustomizedAnnotation = "drover.dev/kustomized";

/** Label of a Bundle: the GitRepo that it was built from (Fleet's name). */
export const repoNameLabel = "fleet.cattle.io/repo-name";

/** Label of a Bundle: the commit that brought it into its present form (Fleet's name). */
export const commitLabel = "fleet.cattle.io/commit";
