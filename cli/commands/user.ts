import { isJsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import { type Command, hubOptions, listOption, requiredArgument, textOption } from "../command.ts";

const collection = "/apis/fleet.cattle.io/v1alpha1/users";

export const createUser: Command = {
  name: "user create",
  summary: "Make a user of the hub's API and print the word that opens it; it is shown once",
  usage: "NAME",
  examples: ["drover user create dashboard", "drover user create alice --group team-a --ttl 720h"],
  options: {
    ...hubOptions,
    group: {
      type: "string",
      multiple: true,
      value: "GROUP",
      description: "Group of the user, for role bindings; may be repeated.",
    },
    ttl: {
      type: "string",
      value: "DURATION",
      description: "How long the word can be used, such as 720h. Default: for ever.",
    },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const ttl = textOption(input, "ttl");
    const hub = await context.hub(input);
    const user = {
      apiVersion: fleetApiVersion,
      kind: "User",
      metadata: { name },
      spec: { groups: [...listOption(input, "group")], ...(ttl === undefined ? {} : { ttl }) },
    };
    const created = await hub.call({ method: "POST", path: collection, body: user });
    const { status } = await hub.call({ method: "POST", path: `${collection}/${name}/token`, body: created });
    const word = isJsonObject(status) ? status["token"] : undefined;
    if (typeof word !== "string")
      throw new AppError("HUB_UNREACHABLE", "the hub made no token: is it of the same version as this command?");
    context.print(word);
    return 0;
  },
};

export const deleteUser: Command = {
  name: "user delete",
  summary: "Delete a user; what was given out for it opens nothing any more",
  usage: "NAME",
  examples: ["drover user delete alice"],
  options: hubOptions,
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const hub = await context.hub(input);
    await hub.call({ method: "DELETE", path: `${collection}/${name}` });
    context.print(`user/${name} deleted`);
    return 0;
  },
};
