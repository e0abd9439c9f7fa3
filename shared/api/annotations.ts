/** Annotation of a Bundle: digest of the `Content` blob with its files; set by the hub only. */
export const contentAnnotation = "drover.dev/content";

/** Annotation of a Bundle: JSON of the digests of what kustomize made, by `kustomize.dir`; set by the hub only. */
export const kustomizedAnnotation = "drover.dev/kustomized";
