import * as z from "zod";

import { jsonObjectSchema, stringMapSchema } from "./fields.ts";
import { healthCheckSchema } from "./health-check.ts";
import { helmOptionsSchema } from "./helm-options.ts";
import type { Immutable } from "./immutable.ts";
import { labelSelectorSchema } from "./label-selector.ts";

export type { HelmOptions, ValuesFrom } from "./helm-options.ts";

/** Schema of `handlebars:` of a fleet.yaml: its presence turns `*.yaml.hbs` files into templates. Drover's own. */
export const handlebarsOptionsSchema = z.looseObject({
  values: jsonObjectSchema.describe("Values for the templates; customizations are merged over them.").exactOptional(),
  strict: z.boolean().describe("Fail on a missing value instead of printing nothing. Default true.").exactOptional(),
});

/** Schema of one `diff.comparePatches` entry. */
export const comparePatchSchema = z.looseObject({
  apiVersion: z.string().exactOptional(),
  kind: z.string().exactOptional(),
  namespace: z.string().describe("Absent: any namespace.").exactOptional(),
  name: z.string().describe("Name or regular expression. Absent: any name.").exactOptional(),
  jsonPointers: z.array(z.string()).describe("Paths left out of the comparison.").exactOptional(),
  fieldManagers: z
    .array(z.string())
    .describe("Field managers, `*` for any text, whose changes of the object are no drift. Drover's own.")
    .exactOptional(),
  operations: z
    .array(
      z.looseObject({
        op: z.string().exactOptional(),
        path: z.string().exactOptional(),
        value: z.string().exactOptional(),
      }),
    )
    .describe("JSON Patch operations done on both sides before comparing; op `ignore` leaves the object out.")
    .exactOptional(),
});

/** Schema of `correctDrift:`. */
export const correctDriftSchema = z.looseObject({
  enabled: z.boolean().describe("Put back what others changed. Default false.").exactOptional(),
  force: z
    .boolean()
    .describe("Delete and make again what cannot be put back in place and loses nothing by it. Default false.")
    .exactOptional(),
  keepFailHistory: z
    .boolean()
    .describe("Kept for Fleet's manifests; there is no Helm history here. Default false.")
    .exactOptional(),
});

/** The fields of `DeploymentOptions`, for the schemas of fleet.yaml, Bundle and targets, which all have them. */
export const deploymentOptionsShape = {
  defaultNamespace: z.string().describe("Namespace for objects that name none. Default: default.").exactOptional(),
  namespace: z
    .string()
    .describe("Namespace forced onto every object; cluster-scoped objects are then an error.")
    .exactOptional(),
  kustomize: z
    .looseObject({
      dir: z.string().describe("Directory of kustomization.yaml. Default: the bundle directory.").exactOptional(),
    })
    .exactOptional(),
  helm: helmOptionsSchema.exactOptional(),
  handlebars: handlebarsOptionsSchema.exactOptional(),
  serviceAccount: z
    .string()
    .describe("ServiceAccount in the agent's namespace that applies the bundle.")
    .exactOptional(),
  createNamespace: z.boolean().describe("Make the release's namespace. Default true.").exactOptional(),
  forceSyncGeneration: z
    .number()
    .int()
    .describe("A new number deploys again. At the root, the GitRepo's number counts.")
    .exactOptional(),
  yaml: z
    .looseObject({
      overlays: z
        .array(z.string())
        .describe("Directories below overlays/ laid over raw YAML, in order.")
        .exactOptional(),
    })
    .exactOptional(),
  diff: z
    .looseObject({
      comparePatches: z.array(comparePatchSchema).describe("Differences that are no drift.").exactOptional(),
    })
    .exactOptional(),
  keepResources: z.boolean().describe("Leave the objects behind when the bundle goes. Default false.").exactOptional(),
  deleteNamespace: z
    .boolean()
    .describe("With the bundle, delete the namespace that was made for it, once approved. Default false.")
    .exactOptional(),
  ignore: z
    .looseObject({
      conditions: z.array(stringMapSchema).describe("Conditions that do not count for readiness.").exactOptional(),
    })
    .exactOptional(),
  healthCheckExprs: z
    .array(healthCheckSchema)
    .describe("Rules by which objects of a kind are ready, before all others. Drover's own.")
    .exactOptional(),
  correctDrift: correctDriftSchema.exactOptional(),
  namespaceLabels: stringMapSchema.describe("Labels put on the release's namespace.").exactOptional(),
  namespaceAnnotations: stringMapSchema.describe("Annotations put on the release's namespace.").exactOptional(),
  deleteCRDResources: z
    .boolean()
    .describe("Delete CustomResourceDefinitions with the bundle. Default false: they are kept.")
    .exactOptional(),
  downstreamResources: z
    .array(z.looseObject({ kind: z.string().exactOptional(), name: z.string().exactOptional() }))
    .describe("Secrets and ConfigMaps of the workspace copied to the cluster.")
    .exactOptional(),
  overwrites: z
    .array(
      z.looseObject({
        name: z.string().exactOptional(),
        namespace: z.string().exactOptional(),
        kind: z.string().exactOptional(),
      }),
    )
    .describe("Objects taken over from a pruned bundle (set by Fleet, not by people).")
    .exactOptional(),
  allowedTargetNamespaceSelector: labelSelectorSchema
    .describe("Namespaces that may be targeted (set by policy, not by people).")
    .exactOptional(),
};

/**
 * Schema of the options of one Bundle on one cluster after all merging (Fleet: BundleDeploymentOptions). Values
 * templates `${ }` are still in it: the agent evaluates them with the cluster's facts.
 */
export const deploymentOptionsSchema = z.looseObject(deploymentOptionsShape);

export type HandlebarsOptions = Immutable<z.infer<typeof handlebarsOptionsSchema>>;
export type ComparePatch = Immutable<z.infer<typeof comparePatchSchema>>;
export type CorrectDrift = Immutable<z.infer<typeof correctDriftSchema>>;
export type DeploymentOptions = Immutable<z.infer<typeof deploymentOptionsSchema>>;
