import * as z from "zod";

import { type JsonObject, isJsonObject } from "../../codec/json-value.ts";

/** Schema of a map from string to string: labels, annotations. */
export const stringMapSchema = z.record(z.string(), z.string());

/** Schema of any JSON object, numbers as large as they come. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, "must be a map");

/** Schema of Kubernetes' IntOrString: a whole number, or a percentage such as `25%`. */
export const intOrStringSchema = z.union([z.number().int(), z.string()]);

/** Schema of metadata of a Kubernetes object, as far as Drover reads it; the rest is kept. */
export const objectMetaSchema = z.looseObject({
  name: z.string().describe("Name, unique in the namespace.").exactOptional(),
  namespace: z.string().describe("Workspace that the object belongs to.").exactOptional(),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  generation: z.number().int().exactOptional(),
  creationTimestamp: z.string().nullable().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  labels: stringMapSchema.exactOptional(),
  annotations: stringMapSchema.exactOptional(),
});

/** Schema of the fields of a spec that are kept and that nothing acts on yet. */
export const notActedOnSchema = z
  .array(
    z.looseObject({
      field: z.string().describe("Path from the spec, such as helm.maxHistory."),
      instead: z.string().describe("What happens instead."),
    }),
  )
  .describe("Fields that are set, and that nothing acts on yet.");

/** Schema of one condition in a status. */
export const conditionSchema = z.looseObject({
  type: z.string().describe("What is stated, such as Ready."),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string().describe("One word for programs.").exactOptional(),
  message: z.string().describe("A sentence for people.").exactOptional(),
  lastUpdateTime: z.string().exactOptional(),
  lastTransitionTime: z.string().exactOptional(),
});
