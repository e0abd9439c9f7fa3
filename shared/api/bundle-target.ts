import * as z from "zod";

import { deploymentOptionsShape } from "./deployment-options.ts";
import type { Immutable } from "./immutable.ts";
import { labelSelectorSchema } from "./label-selector.ts";

const criteriaShape = {
  name: z.string().describe("Name shown for the entry. Default in fleet.yaml: target000, target001, …").exactOptional(),
  clusterName: z
    .string()
    .describe("Name of the Cluster, or its label management.cattle.io/cluster-display-name.")
    .exactOptional(),
  clusterSelector: labelSelectorSchema.describe("Clusters by label; {} is every cluster.").exactOptional(),
  clusterGroup: z.string().describe("Name of a ClusterGroup that the cluster belongs to.").exactOptional(),
  clusterGroupSelector: labelSelectorSchema.describe("ClusterGroups by label.").exactOptional(),
};

/** Schema of what says which clusters are meant: the parts that are there must all hold; none at all matches nothing. */
export const gitTargetSchema = z.looseObject(criteriaShape);

/** Schema of an entry of `targets` or `targetCustomizations`: which clusters, and what differs there. */
export const bundleTargetSchema = z.looseObject({
  ...criteriaShape,
  ...deploymentOptionsShape,
  doNotDeploy: z.boolean().describe("Matching clusters do not get the bundle. Default false.").exactOptional(),
});

export type GitTarget = Immutable<z.infer<typeof gitTargetSchema>>;
export type TargetRestriction = GitTarget;
export type BundleTarget = Immutable<z.infer<typeof bundleTargetSchema>>;
