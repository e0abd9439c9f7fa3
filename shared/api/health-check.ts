import * as z from "zod";

import type { Immutable } from "./immutable.ts";

/** Schema of one `healthCheckExprs` entry: Flux's, field by field. Drover's own in a fleet.yaml. */
export const healthCheckSchema = z.looseObject({
  apiVersion: z.string().describe("Group and version of the kind; the version does not count.").exactOptional(),
  kind: z.string().describe("Kind that the rule is for; required.").exactOptional(),
  current: z.string().describe("CEL expression: an object for which it is true is ready. Required.").exactOptional(),
  inProgress: z.string().describe("CEL expression, asked first: true is not ready yet.").exactOptional(),
  failed: z.string().describe("CEL expression, asked second: true has failed.").exactOptional(),
});

export type HealthCheck = Immutable<z.infer<typeof healthCheckSchema>>;
