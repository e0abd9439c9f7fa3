import * as z from "zod";

import { bundleRefSchema } from "./bundle-spec.ts";
import { bundleTargetSchema, gitTargetSchema } from "./bundle-target.ts";
import { deploymentOptionsShape } from "./deployment-options.ts";
import { stringMapSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { rolloutStrategySchema } from "./rollout-strategy.ts";

/** Schema of one `imageScans` entry. */
export const imageScanSchema = z.looseObject({
  name: z.string().exactOptional(),
  tagName: z.string().describe("Name used in the marker comments; required.").exactOptional(),
  image: z.string().describe("Image whose tags are scanned; without it the entry does nothing.").exactOptional(),
  interval: z.string().describe("Go duration between scans. Default 15m.").exactOptional(),
  secretRef: z.looseObject({ name: z.string().exactOptional() }).exactOptional(),
  suspend: z.boolean().exactOptional(),
  gitrepoName: z.string().exactOptional(),
  policy: z
    .looseObject({
      semver: z.looseObject({ range: z.string().describe("Default *.").exactOptional() }).exactOptional(),
      alphabetical: z
        .looseObject({ order: z.string().describe("DESC (default): largest tag; ASC: smallest.").exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
});

/** Schema of a fleet.yaml: options of one bundle directory. `readFleetYaml` reads it as leniently as Fleet does. */
export const fleetYamlSchema = z.looseObject({
  name: z.string().describe("Name of the Bundle, taken as it is. Default: GitRepo name and path.").exactOptional(),
  labels: stringMapSchema.describe("Labels of the Bundle; `dependsOn.selector` sees them.").exactOptional(),
  annotations: stringMapSchema.describe("Annotations of the Bundle.").exactOptional(),
  ...deploymentOptionsShape,
  paused: z.boolean().describe("Stage changes, do not promote them. Default false.").exactOptional(),
  rolloutStrategy: rolloutStrategySchema.exactOptional(),
  targetCustomizationMode: z.string().describe("FirstMatch (default) or AllMatches.").exactOptional(),
  targets: z.array(bundleTargetSchema).describe("Read as targetCustomizations put first.").exactOptional(),
  targetCustomizations: z.array(bundleTargetSchema).describe("What differs on which clusters.").exactOptional(),
  overrideTargets: z.array(gitTargetSchema).describe("Replaces the GitRepo's targets for this bundle.").exactOptional(),
  targetRestrictions: z
    .array(gitTargetSchema)
    .describe("Put before the allow list that comes from the GitRepo's targets, which shifts what counts as a target.")
    .exactOptional(),
  dependsOn: z
    .array(bundleRefSchema)
    .describe("Bundles of the same cluster that must be in an accepted state first.")
    .exactOptional(),
  imageScans: z.array(imageScanSchema).describe("Images whose tags are written into files.").exactOptional(),
});

export type ImageScan = Immutable<z.infer<typeof imageScanSchema>>;
export type FleetYaml = Immutable<z.infer<typeof fleetYamlSchema>>;
