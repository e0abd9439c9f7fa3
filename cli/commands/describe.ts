import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { type Command, hubOptions, requiredArgument } from "../command.ts";
import { fleetPath } from "../hub-client.ts";
import { listOf, printColumns } from "../output.ts";
import { pluralOf } from "./get.ts";

export const describeCommand: Command = {
  name: "describe",
  summary: "Show one object whole, with the state of each of its deployments and what differs",
  usage: "KIND NAME",
  examples: [
    "drover describe cluster staging-eu",
    "drover describe bundle config-web",
    "drover describe gitrepo config",
  ],
  options: hubOptions,
  run: async (input, context) => {
    const plural = pluralOf(requiredArgument(input, 0, "KIND"));
    const name = requiredArgument(input, 1, "NAME");
    const hub = await context.hub(input);
    const object = await hub.call({ path: fleetPath(plural, hub.namespace, name) });
    const {
      managedFields: _fields,
      annotations: _annotations,
      ...metadata
    } = isJsonObject(object["metadata"]) ? object["metadata"] : {};
    context.print(printGoYaml({ ...object, metadata }).trimEnd());
    const selector = selectorOf(plural, hub.namespace, name);
    if (selector === undefined) return 0;
    const path = `${fleetPath("bundledeployments", "")}?labelSelector=${encodeURIComponent(selector)}`;
    const deployments = listOf((await hub.call({ path }))["items"]).filter(isJsonObject);
    context.print(`\n${describeDeployments(deployments)}`);
    return 0;
  },
};

/** Returns the selector of the BundleDeployments that belong to an object; undefined for kinds without any. */
function selectorOf(plural: string, namespace: string, name: string): string | undefined {
  if (plural === "clusters") return `fleet.cattle.io/cluster-namespace=${namespace},fleet.cattle.io/cluster=${name}`;
  if (plural === "bundles") return `fleet.cattle.io/bundle-namespace=${namespace},fleet.cattle.io/bundle-name=${name}`;
  return undefined;
}

function describeDeployments(deployments: readonly JsonObject[]): string {
  if (deployments.length === 0) return "No deployments.";
  const rows = deployments.map((deployment) => {
    const labels = objectAt(objectAt(deployment, "metadata"), "labels");
    return [
      textOf(labels["fleet.cattle.io/cluster"]),
      textOf(labels["fleet.cattle.io/bundle-name"]),
      textOf(objectAt(objectAt(deployment, "status"), "display")["state"]),
    ];
  });
  const details = deployments.flatMap((deployment) => {
    const detail = objectAt(objectAt(deployment, "status"), "detail");
    const { error, drift, notReady, corrected, warnings, held } = detail;
    const shown = Object.fromEntries(
      Object.entries({ error, drift, notReady, corrected, warnings, held }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      ),
    );
    if (Object.keys(shown).length === 0) return [];
    const heading = `${textOf(objectAt(deployment, "metadata")["namespace"])}/${textOf(objectAt(deployment, "metadata")["name"])}`;
    return [`\n${heading}:\n${printGoYaml(shown).trimEnd().replaceAll(/^/gmu, "  ")}`];
  });
  return [printColumns(["CLUSTER", "BUNDLE", "STATE"], rows), ...details].join("\n");
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
