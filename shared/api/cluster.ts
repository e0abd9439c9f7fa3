import * as z from "zod";

import { jsonObjectSchema, objectMetaSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { fleetApiVersion } from "./meta.ts";
import { resourceCountsSchema, rollUpShape } from "./state-summary.ts";

/** Label with the name shown for a cluster; `clusterName` of a target matches it as well as the object's name. */
export const displayNameLabel = "management.cattle.io/cluster-display-name";

/** Schema of a Cluster's spec. Fields about Fleet's own agent are kept and have no effect. */
export const clusterSpecSchema = z.looseObject({
  paused: z.boolean().describe("Stage changes, do not promote them to this cluster. Default false.").exactOptional(),
  clientID: z.string().describe("Identity that the agent registers with.").exactOptional(),
  templateValues: jsonObjectSchema.describe("Values for ${ } templates as .ClusterValues.").exactOptional(),
  agentNamespace: z.string().describe("Namespace of the agent in the cluster.").exactOptional(),
  redeployAgentGeneration: z.number().int().exactOptional(),
  kubeConfigSecret: z.string().exactOptional(),
  kubeConfigSecretNamespace: z.string().exactOptional(),
});

/** Schema of a Cluster's status. */
export const clusterStatusSchema = z.looseObject({
  ...rollUpShape,
  namespace: z.string().describe("Namespace that holds its BundleDeployments.").exactOptional(),
  resourceCounts: resourceCountsSchema.exactOptional(),
  readyGitRepos: z.number().int().exactOptional(),
  desiredReadyGitRepos: z.number().int().exactOptional(),
  agent: z
    .looseObject({
      lastSeen: z.string().nullable().describe("Time of the last check-in.").exactOptional(),
      namespace: z.string().exactOptional(),
    })
    .exactOptional(),
  heldRemoval: z
    .looseObject({ bundles: z.array(z.string()) })
    .describe(
      "Bundles that the cluster would be told to remove, were the hub not restored from a backup: they wait for `drover approve restore`.",
    )
    .exactOptional(),
  display: z
    .looseObject({
      readyBundles: z.string().describe("`ready/desired`, for the column.").exactOptional(),
      state: z.string().exactOptional(),
    })
    .exactOptional(),
  scheduled: z.boolean().describe("A Schedule covers the cluster.").exactOptional(),
  activeSchedule: z.boolean().describe("Its window is open.").exactOptional(),
});

/** Schema of a Cluster: one target of deployments. */
export const clusterSchema = z.looseObject({
  apiVersion: z.literal(fleetApiVersion),
  kind: z.literal("Cluster"),
  metadata: objectMetaSchema,
  spec: clusterSpecSchema.exactOptional(),
  status: clusterStatusSchema.exactOptional(),
});

export type ClusterSpec = Immutable<z.infer<typeof clusterSpecSchema>>;
export type ClusterStatus = Immutable<z.infer<typeof clusterStatusSchema>>;
export type Cluster = Immutable<z.infer<typeof clusterSchema>>;
