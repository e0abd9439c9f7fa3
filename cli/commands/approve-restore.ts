import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { restoredAnnotation } from "../../shared/api/annotations.ts";
import { type Command, hubOptions, switchOption } from "../command.ts";
import { fleetPath } from "../hub-client.ts";
import { listOf, objectName } from "../output.ts";

export const approveRestore: Command = {
  name: "approve restore",
  summary: "Let clusters of a workspace remove bundles again after the hub was restored from a backup",
  usage: "[--show]",
  examples: ["drover approve restore --show", "drover approve restore", "drover approve restore -n team-a"],
  options: {
    ...hubOptions,
    show: {
      type: "boolean",
      description: "Only show what which cluster would remove; exits 3 while an approval is waited for.",
    },
  },
  run: async (input, context) => {
    const hub = await context.hub(input);
    const path = `/api/v1/namespaces/${encodeURIComponent(hub.namespace)}`;
    const { metadata } = await hub.call({ path });
    const since = textAt(textsOf(metadata)["annotations"], restoredAnnotation);
    if (since === undefined) {
      context.printError(`workspace ${hub.namespace} waits for nothing: its hub was not restored, or it is approved`);
      return 1;
    }
    const clusters = listOf((await hub.call({ path: fleetPath("clusters", hub.namespace) }))["items"]);
    context.print(`workspace ${hub.namespace} waits since ${since}`);
    for (const cluster of clusters.filter(isJsonObject)) {
      const bundles = listOf(textsOf(textsOf(cluster["status"])["heldRemoval"])["bundles"]).filter(
        (name) => typeof name === "string",
      );
      if (bundles.length > 0) context.print(`cluster/${objectName(cluster)} would remove ${bundles.join(", ")}`);
    }
    if (switchOption(input, "show")) return 3;
    const body = { metadata: { annotations: { [restoredAnnotation]: null } } };
    await hub.call({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
    context.print("approved: clusters remove what is not aimed at them, within the usual limits");
    return 0;
  },
};

function textsOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return isJsonObject(value) ? value : {};
}

function textAt(value: JsonValue | undefined, key: string): string | undefined {
  const text = textsOf(value)[key];
  return typeof text === "string" ? text : undefined;
}
