import * as z from "zod";

import { bundleSpecSchema } from "./bundle-spec.ts";
import { notActedOnSchema, objectMetaSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { fleetApiVersion } from "./meta.ts";
import { rollUpShape, stateSummarySchema } from "./state-summary.ts";

export type { BundleRef, BundleResource, BundleSpec, BundleState } from "./bundle-spec.ts";

const count = z.number().int();

/** Schema of a Bundle's status. */
export const bundleStatusSchema = z.looseObject({
  ...rollUpShape,
  newlyCreated: count.describe("Deployments made in the last pass.").exactOptional(),
  unavailable: count.describe("Clusters that count against maxUnavailable.").exactOptional(),
  unavailablePartitions: count.exactOptional(),
  maxUnavailable: count.exactOptional(),
  maxUnavailablePartitions: count.exactOptional(),
  partitions: z
    .array(
      z.looseObject({
        name: z.string().exactOptional(),
        count: count.exactOptional(),
        maxUnavailable: count.exactOptional(),
        unavailable: count.exactOptional(),
        summary: stateSummarySchema.exactOptional(),
      }),
    )
    .exactOptional(),
  display: z
    .looseObject({
      readyClusters: z.string().describe("`ready/desired`, for the column.").exactOptional(),
      state: z.string().describe("Worst state, for the column.").exactOptional(),
    })
    .exactOptional(),
  charts: z
    .array(
      z.looseObject({
        chart: z.string().exactOptional(),
        repo: z.string().exactOptional(),
        version: z.string().describe("Version or range that is wanted.").exactOptional(),
        resolved: z.string().describe("Version that it came to.").exactOptional(),
        url: z.string().describe("Where the chart came from.").exactOptional(),
        digest: z.string().describe("SHA-256 of the packed chart.").exactOptional(),
        checkedAt: z.string().describe("When its server was last asked.").exactOptional(),
      }),
    )
    .describe("Charts that were fetched into it, with what their versions came to.")
    .exactOptional(),
  notActedOn: notActedOnSchema.exactOptional(),
  observedGeneration: count.exactOptional(),
  resourcesSha256Sum: z.string().exactOptional(),
});

/** Schema of a Bundle: the files and options of one directory, and who gets them. */
export const bundleSchema = z.looseObject({
  apiVersion: z.literal(fleetApiVersion),
  kind: z.literal("Bundle"),
  metadata: objectMetaSchema,
  spec: bundleSpecSchema,
  status: bundleStatusSchema.exactOptional(),
});

export type BundleStatus = Immutable<z.infer<typeof bundleStatusSchema>>;
export type Bundle = Immutable<z.infer<typeof bundleSchema>>;
