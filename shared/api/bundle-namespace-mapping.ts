import * as z from "zod";

import { objectMetaSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { labelSelectorSchema } from "./label-selector.ts";
import { fleetApiVersion } from "./meta.ts";

/** Schema of a BundleNamespaceMapping: bundles of its workspace are also aimed at clusters of other workspaces. */
export const bundleNamespaceMappingSchema = z.looseObject({
  apiVersion: z.literal(fleetApiVersion),
  kind: z.literal("BundleNamespaceMapping"),
  metadata: objectMetaSchema,
  bundleSelector: labelSelectorSchema.describe("Bundles by label. Absent: none.").exactOptional(),
  namespaceSelector: labelSelectorSchema.describe("Workspaces by label. Absent: none.").exactOptional(),
});

export type BundleNamespaceMapping = Immutable<z.infer<typeof bundleNamespaceMappingSchema>>;
