import * as z from "zod";

const stringMap = z.record(z.string(), z.string());

/** What is the cluster's own and may be used by `${ }` templates; it travels with a digest of its own. */
export const clusterFactsSchema = z.object({
  name: z.string(),
  namespace: z.string(),
  labels: stringMap,
  annotations: stringMap,
  templateValues: z.record(z.string(), z.unknown()),
});

/** One bundle that the cluster should have. Digests are lower-case SHA-256 hex and name blobs. */
export const desiredDeploymentSchema = z.object({
  /** `<workspace>/<bundle name>`. */
  bundle: z.string(),
  /** Changes whenever anything that the agent must act upon changes. */
  deploymentId: z.string(),
  /** Blob with the JSON of `Content`. */
  content: z.string().regex(/^[0-9a-f]{64}$/u),
  /** Blob with the JSON of `DeploymentOptions`. */
  options: z.string().regex(/^[0-9a-f]{64}$/u),
  /** Commit the content came from, for people; absent for bundles made by hand. */
  commit: z.string().optional(),
  /** True: keep what is there, change nothing. */
  paused: z.boolean().optional(),
  /** `cluster`: `lookup` of its charts is not confined to the release's namespace. */
  lookup: z.literal("cluster").optional(),
  /** Limits of the deletion firewall that count here in place of the agent's own; `share` is 0–1. */
  removalLimits: z.object({ share: z.number(), shareAbove: z.number(), count: z.number() }).partial().optional(),
  /** Bundles (`<workspace>/<name>`) of the same cluster that must be in one of these states first. */
  dependsOn: z.array(z.object({ bundle: z.string(), acceptedStates: z.array(z.string()) })).optional(),
});

/** Removal is always said, never inferred: the hub knows that this bundle is gone or no longer aimed here. */
export const removalSchema = z.object({
  bundle: z.string(),
  reason: z.enum(["bundle-deleted", "not-targeted"]),
  /** Commit (bundle-deleted) or generation of the cluster's labels (not-targeted) that caused it, for people. */
  because: z.string(),
});

/** Everything that one cluster should have. */
export const desiredDocumentSchema = z.object({
  /** Identity of the hub's store; another epoch (restored backup, new database) needs a person's approval. */
  epoch: z.string().min(1),
  /** Only rises within an epoch. */
  revision: z.number().int().nonnegative(),
  /** Hash over all the rest; the agent sends it back to say what it holds. */
  tag: z.string().min(1),
  facts: clusterFactsSchema,
  deployments: z.array(desiredDeploymentSchema),
  remove: z.array(removalSchema),
});

export type ClusterFacts = z.infer<typeof clusterFactsSchema>;
export type DesiredDeployment = z.infer<typeof desiredDeploymentSchema>;
export type Removal = z.infer<typeof removalSchema>;
export type DesiredDocument = z.infer<typeof desiredDocumentSchema>;
