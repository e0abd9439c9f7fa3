import * as z from "zod";

import { jsonObjectSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";

const keySelectorSchema = z.looseObject({
  name: z.string().describe("Name of the object.").exactOptional(),
  namespace: z.string().describe("Its namespace. Default: namespace of the release.").exactOptional(),
  key: z.string().describe("Key in its data. Default: values.yaml.").exactOptional(),
});

/** Schema of a values source in the target cluster (Fleet: `helm.valuesFrom`). */
export const valuesFromSchema = z.looseObject({
  configMapKeyRef: keySelectorSchema
    .describe("A ConfigMap; merged before the Secret of the same entry.")
    .exactOptional(),
  secretKeyRef: keySelectorSchema.describe("A Secret.").exactOptional(),
});

/** Schema of `helm:` of a fleet.yaml or customization. */
export const helmOptionsSchema = z.looseObject({
  chart: z.string().describe("Directory in the bundle, address, or name in `repo`.").exactOptional(),
  repo: z.string().describe("Chart repository, https:// or oci://.").exactOptional(),
  version: z.string().describe("Version or range, resolved once per commit. Default: newest stable.").exactOptional(),
  releaseName: z
    .string()
    .describe("Name of the release, at most 53 characters. Default: from the bundle's name.")
    .exactOptional(),
  values: jsonObjectSchema.describe("Values for the chart; ${ } templates are evaluated per cluster.").exactOptional(),
  valuesFiles: z
    .array(z.string())
    .describe(
      "Files relative to the bundle directory, merged over `values` in order. At the root only read when chart or repo is set.",
    )
    .exactOptional(),
  valuesFrom: z.array(valuesFromSchema).describe("Values read in the target cluster, merged last.").exactOptional(),
  templateValues: z
    .record(z.string(), z.string())
    .describe("Top-level values key → template whose output, read as YAML, replaces the key.")
    .exactOptional(),
  timeoutSeconds: z
    .number()
    .int()
    .describe(
      "Wait this long (seconds) until the objects are ready, and for each hook. Default 0: for hooks only, 300 each.",
    )
    .exactOptional(),
  waitForJobs: z.boolean().describe("With timeoutSeconds, wait for Jobs as well. Default false.").exactOptional(),
  atomic: z
    .boolean()
    .describe("Go back to the last verified deployment on failure, waiting as with timeoutSeconds. Default false.")
    .exactOptional(),
  force: z
    .boolean()
    .describe("Delete and make again what has a changed field that cannot be changed. Default false.")
    .exactOptional(),
  takeOwnership: z.boolean().describe("The first install may adopt objects of others. Default false.").exactOptional(),
  maxHistory: z.number().int().describe("Revisions kept; 0 means 2. Root only.").exactOptional(),
  disablePreProcess: z
    .boolean()
    .describe("Leave ${ } in values alone, ignore templateValues. Default false.")
    .exactOptional(),
  disableDNS: z.boolean().describe("Templates may not look up host names. Default false.").exactOptional(),
  skipSchemaValidation: z
    .boolean()
    .describe("Do not check values.schema.json. Default false. Root only.")
    .exactOptional(),
  disableDependencyUpdate: z
    .boolean()
    .describe("Do not fetch missing chart dependencies. Default false. Root only.")
    .exactOptional(),
});

export type ValuesFrom = Immutable<z.infer<typeof valuesFromSchema>>;
export type HelmOptions = Immutable<z.infer<typeof helmOptionsSchema>>;
