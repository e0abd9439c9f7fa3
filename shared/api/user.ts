import * as z from "zod";

/** Schema of a User's spec: who may call the hub's API; what they may do is said by Roles and bindings. */
export const userSpecSchema = z.looseObject({
  groups: z
    .array(z.string())
    .describe("Groups that bindings may name, such as `system:masters` for everything.")
    .exactOptional(),
  ttl: z
    .string()
    .describe("Go duration after which words made for it expire, such as 720h. Absent: never.")
    .exactOptional(),
});

/** Schema of its status: only in the answer of the subresource `token`, never stored. */
export const userStatusSchema = z.looseObject({
  token: z.string().describe("The secret word, shown once.").exactOptional(),
  expires: z.string().describe("When it expires, ISO 8601.").exactOptional(),
});
