import * as z from "zod";

import { gitTargetSchema } from "./bundle-target.ts";
import { intOrStringSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";

/** Schema of one manual partition: its clusters and its own budget. */
export const partitionSchema = z.looseObject({
  ...gitTargetSchema.shape,
  maxUnavailable: intOrStringSchema
    .describe("Clusters of the partition that may be unavailable, number or percentage. Default: that of the rollout.")
    .exactOptional(),
});

/** Schema of `rolloutStrategy:`. */
export const rolloutStrategySchema = z.looseObject({
  maxUnavailable: intOrStringSchema
    .describe("Clusters that may be unavailable, number or percentage. Default 100%.")
    .exactOptional(),
  maxUnavailablePartitions: intOrStringSchema
    .describe("Partitions that may be unavailable, number or percentage. Default 0.")
    .exactOptional(),
  autoPartitionSize: intOrStringSchema
    .describe("Size of automatic partitions, number or percentage. Default 25%.")
    .exactOptional(),
  autoPartitionThreshold: z
    .number()
    .int()
    .describe("Fewer clusters than this are one partition. Default 200.")
    .exactOptional(),
  maxNew: z.number().int().describe("New deployments per pass over all partitions. Default 50.").exactOptional(),
  partitions: z
    .array(partitionSchema)
    .describe("Manual partitions in order. A cluster in none of them gets nothing.")
    .exactOptional(),
});

export type Partition = Immutable<z.infer<typeof partitionSchema>>;
export type RolloutStrategy = Immutable<z.infer<typeof rolloutStrategySchema>>;
