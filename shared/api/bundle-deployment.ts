import * as z from "zod";

import { bundleRefSchema } from "./bundle-spec.ts";
import { correctDriftSchema, deploymentOptionsSchema } from "./deployment-options.ts";
import { conditionSchema, objectMetaSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { fleetApiVersion } from "./meta.ts";

/** Schema of a BundleDeployment's spec. The two ids differ while a change is staged and not promoted. */
export const bundleDeploymentSpecSchema = z.looseObject({
  stagedOptions: deploymentOptionsSchema.exactOptional(),
  stagedDeploymentID: z.string().describe("What the cluster should get.").exactOptional(),
  options: deploymentOptionsSchema.exactOptional(),
  deploymentID: z.string().describe("What the cluster may have now.").exactOptional(),
  dependsOn: z.array(bundleRefSchema).exactOptional(),
  correctDrift: correctDriftSchema.exactOptional(),
  paused: z.boolean().exactOptional(),
  offSchedule: z.boolean().describe("Outside the window of its Schedule.").exactOptional(),
});

/** Schema of a BundleDeployment's status. */
export const bundleDeploymentStatusSchema = z.looseObject({
  conditions: z.array(conditionSchema).exactOptional(),
  appliedDeploymentID: z.string().describe("What the cluster has.").exactOptional(),
  release: z.string().describe("`namespace/name`.").exactOptional(),
  ready: z.boolean().exactOptional(),
  nonModified: z.boolean().exactOptional(),
  nonReadyStatus: z.array(z.looseObject({})).exactOptional(),
  modifiedStatus: z.array(z.looseObject({})).exactOptional(),
  display: z
    .looseObject({
      deployed: z.string().exactOptional(),
      monitored: z.string().exactOptional(),
      state: z.string().exactOptional(),
    })
    .exactOptional(),
  syncGeneration: z.number().int().exactOptional(),
  resourceCounts: z.looseObject({}).exactOptional(),
});

/** Schema of a BundleDeployment: one Bundle on one Cluster. In Drover a read-only view, stored nowhere. */
export const bundleDeploymentSchema = z.looseObject({
  apiVersion: z.literal(fleetApiVersion),
  kind: z.literal("BundleDeployment"),
  metadata: objectMetaSchema,
  spec: bundleDeploymentSpecSchema,
  status: bundleDeploymentStatusSchema.exactOptional(),
});

export type BundleDeploymentSpec = Immutable<z.infer<typeof bundleDeploymentSpecSchema>>;
export type BundleDeploymentStatus = Immutable<z.infer<typeof bundleDeploymentStatusSchema>>;
export type BundleDeployment = Immutable<z.infer<typeof bundleDeploymentSchema>>;
