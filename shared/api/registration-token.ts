import * as z from "zod";

/** Schema of a ClusterRegistrationToken's spec (Fleet's kind; `clusterLabels` is Drover's own). */
export const registrationTokenSpecSchema = z.looseObject({
  ttl: z
    .string()
    .describe("Go duration after which words made from it expire, such as 24h. Absent: never.")
    .exactOptional(),
  clusterLabels: z
    .record(z.string(), z.string())
    .describe("Labels that clusters registered with it get.")
    .exactOptional(),
});

/** Schema of its status: only in the answer of the subresource `token`, never stored. */
export const registrationTokenStatusSchema = z.looseObject({
  token: z.string().describe("The secret word, shown once.").exactOptional(),
  expires: z.string().describe("When it expires, ISO 8601.").exactOptional(),
});
