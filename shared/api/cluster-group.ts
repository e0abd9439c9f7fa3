import * as z from "zod";

import { objectMetaSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { labelSelectorSchema } from "./label-selector.ts";
import { fleetApiVersion } from "./meta.ts";
import { resourceCountsSchema, rollUpShape } from "./state-summary.ts";

/** Schema of a ClusterGroup's spec. */
export const clusterGroupSpecSchema = z.looseObject({
  selector: labelSelectorSchema.describe("Clusters of the same workspace by label. Absent: none.").exactOptional(),
});

/** Schema of a ClusterGroup's status. */
export const clusterGroupStatusSchema = z.looseObject({
  ...rollUpShape,
  clusterCount: z.number().int().exactOptional(),
  nonReadyClusterCount: z.number().int().exactOptional(),
  nonReadyClusters: z.array(z.string()).describe("At most ten names.").exactOptional(),
  resourceCounts: resourceCountsSchema.exactOptional(),
  display: z
    .looseObject({
      readyClusters: z.string().exactOptional(),
      readyBundles: z.string().exactOptional(),
      state: z.string().exactOptional(),
    })
    .exactOptional(),
});

/** Schema of a ClusterGroup: clusters by label. */
export const clusterGroupSchema = z.looseObject({
  apiVersion: z.literal(fleetApiVersion),
  kind: z.literal("ClusterGroup"),
  metadata: objectMetaSchema,
  spec: clusterGroupSpecSchema.exactOptional(),
  status: clusterGroupStatusSchema.exactOptional(),
});

export type ClusterGroupStatus = Immutable<z.infer<typeof clusterGroupStatusSchema>>;
export type ClusterGroup = Immutable<z.infer<typeof clusterGroupSchema>>;
