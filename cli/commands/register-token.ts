import { randomBytes } from "node:crypto";
import { isJsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import { parseDuration } from "../../shared/duration.ts";
import { type Command, hubOptions, listOption, requiredArgument, textOption } from "../command.ts";
import { fleetPath } from "../hub-client.ts";
import { parseLabels } from "./label.ts";

export const createRegisterToken: Command = {
  name: "register-token create",
  summary: "Make a word with which agents register clusters in a workspace; it is shown once",
  usage: "[NAME]",
  examples: [
    "drover register-token create --ttl 24h",
    "drover register-token create edge --label tier=edge -n fleet-default",
  ],
  options: {
    ...hubOptions,
    ttl: {
      type: "string",
      value: "DURATION",
      description: "How long it can be used, such as 24h. Default 24h; 0 means for ever.",
    },
    label: {
      type: "string",
      multiple: true,
      value: "KEY=VALUE",
      description: "Label of the clusters registered with it; may be repeated.",
    },
  },
  run: async (input, context) => {
    const name = input.arguments[0] ?? `token-${randomBytes(3).toString("hex")}`;
    const ttl = textOption(input, "ttl") ?? "24h";
    const lasts = parseDuration(ttl) > 0;
    const labels = listOption(input, "label");
    const clusterLabels = labels.length === 0 ? {} : { clusterLabels: parseLabels(labels) };
    const hub = await context.hub(input);
    const collection = fleetPath("clusterregistrationtokens", hub.namespace);
    const token = {
      apiVersion: fleetApiVersion,
      kind: "ClusterRegistrationToken",
      metadata: { name, namespace: hub.namespace },
      spec: { ...(lasts ? { ttl } : {}), ...clusterLabels },
    };
    const created = await hub.call({ method: "POST", path: collection, body: token });
    const answer = await hub.call({ method: "POST", path: `${collection}/${name}/token`, body: created });
    const { status } = answer;
    const word = isJsonObject(status) ? status["token"] : undefined;
    if (typeof word !== "string")
      throw new AppError("HUB_UNREACHABLE", "the hub made no token: is it of the same version as this command?");
    context.print(word);
    return 0;
  },
};

export const deleteRegisterToken: Command = {
  name: "register-token delete",
  summary: "Take a registration token back; clusters that are registered stay",
  usage: "NAME",
  examples: ["drover register-token delete edge"],
  options: hubOptions,
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const hub = await context.hub(input);
    await hub.call({ method: "DELETE", path: fleetPath("clusterregistrationtokens", hub.namespace, name) });
    context.print(`register-token/${name} deleted`);
    return 0;
  },
};
