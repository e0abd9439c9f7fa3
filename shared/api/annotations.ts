/** Annotation of a Bundle, set by the hub only: JSON of the digests that its content is stored under. */
export const contentAnnotation = "drover.dev/content";

/** Annotation of a Bundle, set by the hub only: the directory of the repository that it was built from. */
export const directoryAnnotation = "drover.dev/directory";

/** Annotation of a GitRepo: the commit whose removals a person has approved although they exceed the limit. */
export const approvedRemovalAnnotation = "drover.dev/approved-removal";
