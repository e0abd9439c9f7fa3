import * as z from "zod";

import { conditionSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";

const count = z.number().int().nonnegative();

/** Schema of one deployment or bundle that is not ready, as summaries list them (at most ten). */
export const nonReadyResourceSchema = z.looseObject({
  name: z.string().exactOptional(),
  bundleState: z.string().describe("A state of the table in docs/concepts.md.").exactOptional(),
  message: z.string().exactOptional(),
});

/** Schema of how many deployments are in which state (Fleet: BundleSummary). */
export const stateSummarySchema = z.looseObject({
  notReady: count.exactOptional(),
  waitApplied: count.exactOptional(),
  errApplied: count.exactOptional(),
  outOfSync: count.exactOptional(),
  modified: count.exactOptional(),
  pending: count.exactOptional(),
  ready: count.describe("Deployments that are ready."),
  desiredReady: count.describe("Deployments that should be."),
  nonReadyResources: z.array(nonReadyResourceSchema).exactOptional(),
});

/** Schema of object counts over deployments (Fleet: ResourceCounts). */
export const resourceCountsSchema = z.looseObject({
  ready: count,
  desiredReady: count,
  waitApplied: count,
  modified: count,
  orphaned: count,
  missing: count,
  unknown: count,
  notReady: count,
});

/** The fields that every roll-up status has. */
export const rollUpShape = {
  conditions: z.array(conditionSchema).exactOptional(),
  summary: stateSummarySchema.exactOptional(),
};

export type NonReadyResource = Immutable<z.infer<typeof nonReadyResourceSchema>>;
export type StateSummary = Immutable<z.infer<typeof stateSummarySchema>>;
export type ResourceCounts = Immutable<z.infer<typeof resourceCountsSchema>>;
export type Condition = Immutable<z.infer<typeof conditionSchema>>;
