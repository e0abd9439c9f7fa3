/** Annotation of a Bundle, set by the hub only: JSON of the digests that its content is stored under. */
export const contentAnnotation = "drover.dev/content";

/** Annotation of a Bundle, set by the hub only: the directory of the repository that it was built from. */
export const directoryAnnotation = "drover.dev/directory";

/**
 * Annotation of a Bundle, set by the hub only: the commit with which its targets came to match no cluster, though they had
 * matched some before. Clusters keep it until a person approves that they lose it.
 */
export const emptiedByAnnotation = "drover.dev/aimed-at-nobody-by";

/** Annotation of a Bundle, set by the hub only: JSON list of the charts that were fetched into it, with what their versions came to. */
export const chartsAnnotation = "drover.dev/charts";

/** Annotation of a GitRepo: Go duration after which version ranges of its charts are looked up again; `0` is never. */
export const chartIntervalAnnotation = "drover.dev/chart-interval";

/** Annotation of a GitRepo: `true` makes every warning an error of its bundle, `false` none, whatever the bundler is set to. */
export const strictAnnotation = "drover.dev/strict";

/** Annotation of a GitRepo: the commit whose removals a person has approved although they exceed the limit. */
export const approvedRemovalAnnotation = "drover.dev/approved-removal";

/** Annotation of a GitRepo: JSON of the bundles that clusters may lose although many do, how many clusters, and until when. */
export const approvedLossAnnotation = "drover.dev/approved-loss";

/** Annotation of a GitRepo, and from there of its Bundles: JSON of how much may be removed without anybody's word. */
export const removalBudgetAnnotation = "drover.dev/removal-budget";

/**
 * Annotation of a Namespace of the hub, set by the hub when it finds that its store was restored from a backup: since when.
 * While it is there no cluster of the workspace is told to remove anything; a person takes it away.
 */
export const restoredAnnotation = "drover.dev/restored";

/**
 * Annotation of a GitRepo, and from there of its Bundles: `cluster` lets `lookup` of charts see all namespaces and
 * cluster-wide kinds, as far as the deployment's identity may.
 */
export const lookupAnnotation = "drover.dev/lookup";

/** Label of the Secrets in which an agent keeps what a deployment owns. */
export const inventorySecretLabel = "drover.dev/inventory";

/** Annotation of an inventory Secret: the bundle (`<workspace>/<name>`) whose objects it lists. */
export const inventoryBundleAnnotation = "drover.dev/bundle";

/** Annotation of an inventory Secret: digest of the removal plan that a person has approved. */
export const approveRemovalAnnotation = "drover.dev/approve-removal";

/** Namespace in which agents keep their Secrets, unless told otherwise. */
export const defaultAgentNamespace = "drover-system";
