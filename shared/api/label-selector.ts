import * as z from "zod";

import { stringMapSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";

/** Schema of one requirement of a label selector. */
export const selectorRequirementSchema = z.looseObject({
  key: z.string().describe("Label that the requirement is about."),
  operator: z
    .string()
    .describe("In, NotIn, Exists or DoesNotExist. NotIn and DoesNotExist also hold where the label is missing."),
  values: z.array(z.string()).describe("Values for In and NotIn.").exactOptional(),
});

/** Schema of a Kubernetes label selector; all parts must hold, the empty one matches everything. */
export const labelSelectorSchema = z.looseObject({
  matchLabels: stringMapSchema.describe("Labels that must be there with exactly these values.").exactOptional(),
  matchExpressions: z.array(selectorRequirementSchema).describe("Requirements that must all hold.").exactOptional(),
});

export type SelectorRequirement = Immutable<z.infer<typeof selectorRequirementSchema>>;
export type LabelSelector = Immutable<z.infer<typeof labelSelectorSchema>>;
