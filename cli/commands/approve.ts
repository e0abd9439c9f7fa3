import * as z from "zod";
import { isJsonObject } from "../../codec/json-value.ts";
import { approvedLossAnnotation, approvedRemovalAnnotation } from "../../shared/api/annotations.ts";
import { AppError } from "../../shared/errors.ts";
import { type Command, hubOptions, requiredArgument, textOption } from "../command.ts";
import { fleetPath } from "../hub-client.ts";

/** An approval is for what its giver saw: later losses, or more clusters, wait again. */
const approvalHoldsMs = 3_600_000;

const heldSchema = z.looseObject({ clusters: z.number().int(), bundles: z.array(z.string()) });

export const approveGitRepo: Command = {
  name: "approve gitrepo",
  summary: "Let a commit remove more bundles, or more clusters lose bundles, than the limits allow",
  usage: "NAME [--commit COMMIT]",
  examples: ["drover approve gitrepo config", "drover approve gitrepo config --commit 1f3a…"],
  options: {
    ...hubOptions,
    commit: {
      type: "string",
      value: "COMMIT",
      description: "The whole commit ID whose removals are approved. Default: the one that the GitRepo's status shows.",
    },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const hub = await context.hub(input);
    const path = fleetPath("gitrepos", hub.namespace, name);
    const { status } = await hub.call({ path });
    const shown = isJsonObject(status) ? status : {};
    const commit = textOption(input, "commit") ?? (typeof shown["commit"] === "string" ? shown["commit"] : undefined);
    if (commit === undefined)
      throw new AppError("HUB_REFUSED", `gitrepo/${name} has no commit yet: there is nothing to approve`, {
        verdict: "stalled",
      });
    const held = heldSchema.safeParse(shown["heldRemoval"]).data;
    const annotations = {
      [approvedRemovalAnnotation]: commit,
      ...(held === undefined ? {} : { [approvedLossAnnotation]: approvalOf(held, context.nowMs()) }),
    };
    const body = { metadata: { annotations } };
    await hub.call({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
    context.print(`removals of commit ${commit} approved`);
    if (held !== undefined)
      context.print(`up to ${held.clusters} clusters may lose ${held.bundles.join(", ")} within the next hour`);
    return 0;
  },
};

function approvalOf({ clusters, bundles }: z.infer<typeof heldSchema>, nowMs: number): string {
  return JSON.stringify({ clusters, bundles, expires: new Date(nowMs + approvalHoldsMs).toISOString() });
}
