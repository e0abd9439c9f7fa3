import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { AppError } from "../../shared/errors.ts";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  type ExitCode,
  hubOptions,
  requiredArgument,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { findDeployments, timeoutOption, timeoutSeconds } from "../live/ask-agents.ts";
import { describeLive } from "../live/describe-live.ts";
import { errorLines } from "../live/report-plans.ts";
import { listOf, printColumns } from "../output.ts";
import { pluralOf } from "./get.ts";

export const describeCommand: Command = {
  name: "describe",
  summary: "Show one object whole, with the state of each of its deployments and what differs",
  usage: "KIND NAME [--live]",
  examples: [
    "drover describe cluster staging-eu",
    "drover describe bundle config-web",
    "drover describe gitrepo config",
    "drover describe bundle config-web --live --cluster staging-eu",
    "drover describe bundle config-web --object Deployment/shop/web --cluster staging-eu",
  ],
  options: {
    ...hubOptions,
    live: {
      type: "boolean",
      description: "Ask the agents what is not ready now, with Events and last log lines; for a bundle or a cluster.",
    },
    object: {
      type: "string",
      value: "KIND/[NAMESPACE/]NAME",
      description: "Show this object of a bundle as it is in the cluster, values of Secrets hidden; implies --live.",
    },
    cluster: { type: "string", value: "NAME", description: "With --live: only this cluster of a bundle." },
    timeout: timeoutOption,
  },
  run: async (input, context) => {
    const plural = pluralOf(requiredArgument(input, 0, "KIND"));
    const name = requiredArgument(input, 1, "NAME");
    const hub = await context.hub(input);
    if (switchOption(input, "live") || textOption(input, "object") !== undefined)
      return showLive(hub, { plural, name }, { input, context });
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

interface Described {
  readonly plural: string;
  readonly name: string;
}

async function showLive(
  hub: HubClient,
  { plural, name }: Described,
  { input, context }: { readonly input: CommandInput; readonly context: CommandContext },
): Promise<ExitCode> {
  if (plural !== "bundles" && plural !== "clusters")
    throw new UsageError(`--live is for bundles and clusters, not for ${plural}`);
  const cluster = textOption(input, "cluster");
  const which = plural === "bundles" ? { bundle: name, cluster } : { cluster: name };
  const wish = { object: textOption(input, "object"), seconds: timeoutSeconds(input) };
  const deployments = await findDeployments(hub, which);
  if (deployments.length === 0) {
    const what = cluster === undefined ? name : `${name} on cluster ${cluster}`;
    throw new AppError("HUB_REFUSED", `there are no deployments of ${what} in workspace ${hub.namespace}`);
  }
  const heard = await describeLive(hub, deployments, wish);
  context.print(heard.flatMap(({ said }) => said ?? []).join("\n\n"));
  const errors = errorLines(heard);
  for (const line of errors) context.printError(line);
  return errors.length === 0 ? 0 : 1;
}

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
