import { isJsonObject } from "../../codec/json-value.ts";
import { approvedRemovalAnnotation } from "../../shared/api/annotations.ts";
import { AppError } from "../../shared/errors.ts";
import { type Command, hubOptions, requiredArgument, textOption } from "../command.ts";
import { fleetPath } from "../hub-client.ts";

export const approveGitRepo: Command = {
  name: "approve gitrepo",
  summary: "Let one commit remove more bundles than the limit allows",
  usage: "NAME --commit COMMIT",
  examples: ["drover approve gitrepo config --commit 1f3a…"],
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
    const shown = isJsonObject(status) && typeof status["commit"] === "string" ? status["commit"] : undefined;
    const commit = textOption(input, "commit") ?? shown;
    if (commit === undefined)
      throw new AppError("HUB_REFUSED", `gitrepo/${name} has no commit yet: there is nothing to approve`, {
        verdict: "stalled",
      });
    const body = { metadata: { annotations: { [approvedRemovalAnnotation]: commit } } };
    await hub.call({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
    context.print(`removals of commit ${commit} approved`);
    return 0;
  },
};
