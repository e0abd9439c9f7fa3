import * as z from "zod";

import { bundleTargetSchema, gitTargetSchema } from "./bundle-target.ts";
import { deploymentOptionsShape } from "./deployment-options.ts";
import type { Immutable } from "./immutable.ts";
import { labelSelectorSchema } from "./label-selector.ts";
import { rolloutStrategySchema } from "./rollout-strategy.ts";

/** Bundle states, worst first. */
export const bundleStates = [
  "ErrApplied",
  "WaitApplied",
  "Modified",
  "OutOfSync",
  "Pending",
  "NotReady",
  "Ready",
] as const;

/** Schema of one `dependsOn` entry. */
export const bundleRefSchema = z.looseObject({
  name: z.string().describe("Name of a Bundle of the same workspace; derived names count.").exactOptional(),
  selector: labelSelectorSchema.describe("Bundles by label; all that match must be acceptable.").exactOptional(),
  acceptedStates: z.array(z.string()).describe("States that are good enough. Default [Ready].").exactOptional(),
});

/** Schema of one file of a Bundle as Fleet stores it. */
export const bundleResourceSchema = z.looseObject({
  name: z.string().describe("Path relative to the bundle directory.").exactOptional(),
  content: z.string().exactOptional(),
  encoding: z.string().describe("base64+gz: gzip, then base64. Absent: text.").exactOptional(),
});

/** Schema of a Bundle's spec; root fields of fleet.yaml and these are the same. */
export const bundleSpecSchema = z.looseObject({
  ...deploymentOptionsShape,
  paused: z.boolean().describe("Stage changes, do not promote them. Default false.").exactOptional(),
  rolloutStrategy: rolloutStrategySchema.exactOptional(),
  resources: z.array(bundleResourceSchema).describe("Files of the bundle, by name.").exactOptional(),
  targetCustomizationMode: z
    .string()
    .describe("FirstMatch (default): the first matching customization counts. AllMatches: all, in order.")
    .exactOptional(),
  targets: z.array(bundleTargetSchema).describe("Customizations, then the real targets.").exactOptional(),
  targetRestrictions: z
    .array(gitTargetSchema)
    .describe("Allow list. Their number says how many entries at the end of `targets` are real targets; none: all are.")
    .exactOptional(),
  dependsOn: z
    .array(bundleRefSchema)
    .describe("Bundles of the same cluster that must be in an accepted state first.")
    .exactOptional(),
  contentsId: z.string().describe("Content kept elsewhere (Fleet's OCI storage).").exactOptional(),
  valuesHash: z.string().describe("Hash of values kept in a Secret (set by Fleet).").exactOptional(),
});

export type BundleState = (typeof bundleStates)[number];
export type BundleRef = Immutable<z.infer<typeof bundleRefSchema>>;
export type BundleResource = Immutable<z.infer<typeof bundleResourceSchema>>;
export type BundleSpec = Immutable<z.infer<typeof bundleSpecSchema>>;
