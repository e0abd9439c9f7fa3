import type { JsonObject } from "../../codec/json-value.ts";
import { type Command, hubOptions, requiredArgument, UsageError } from "../command.ts";
import { fleetPath } from "../hub-client.ts";
import { pluralOf } from "./get.ts";

export const labelCommand: Command = {
  name: "label",
  summary: "Set or remove labels; bundles follow the labels of clusters",
  usage: "KIND NAME KEY=VALUE … KEY- …",
  examples: ["drover label cluster staging-eu tier=gold", "drover label cluster staging-eu tier-"],
  options: hubOptions,
  run: async (input, context) => {
    const kind = requiredArgument(input, 0, "KIND");
    const plural = pluralOf(kind);
    const name = requiredArgument(input, 1, "NAME");
    const labels = parseLabels(input.arguments.slice(2));
    const hub = await context.hub(input);
    const path = fleetPath(plural, hub.namespace, name);
    await hub.call({
      method: "PATCH",
      path,
      contentType: "application/merge-patch+json",
      body: { metadata: { labels } },
    });
    context.print(`${kind}/${name} labeled`);
    return 0;
  },
};

/** Returns the merge patch of labels: `key=value` sets, `key-` removes. */
export function parseLabels(words: readonly string[]): JsonObject {
  if (words.length === 0) throw new UsageError("no label: give KEY=VALUE to set one, KEY- to remove one");
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf("=");
      if (equals > 0) return [word.slice(0, equals), word.slice(equals + 1)];
      if (word.endsWith("-") && word.length > 1) return [word.slice(0, -1), null];
      throw new UsageError(`${word} is no label: write KEY=VALUE to set one, KEY- to remove one`);
    }),
  );
}
