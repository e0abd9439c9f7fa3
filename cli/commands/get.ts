import { type Command, type CommandInput, hubOptions, switchOption, textOption, UsageError } from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { parseOutput, printServerTable, printValue } from "../output.ts";

/** The hub's kinds by every name that people use for them. */
const kinds: Readonly<Record<string, string>> = {
  gitrepos: "gitrepos",
  gitrepo: "gitrepos",
  bundles: "bundles",
  bundle: "bundles",
  clusters: "clusters",
  cluster: "clusters",
  clustergroups: "clustergroups",
  clustergroup: "clustergroups",
  bundledeployments: "bundledeployments",
  bundledeployment: "bundledeployments",
  bd: "bundledeployments",
  clusterregistrationtokens: "clusterregistrationtokens",
  clusterregistrationtoken: "clusterregistrationtokens",
};

/** Returns the plural of a kind by any of its names; throws UsageError. */
export function pluralOf(kind: string): string {
  const plural = kinds[kind.toLowerCase()];
  if (plural === undefined)
    throw new UsageError(`unknown kind ${kind}: use ${[...new Set(Object.values(kinds))].join(", ")}`);
  return plural;
}

const tableType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

export const getCommand: Command = {
  name: "get",
  summary: "Print objects of the hub",
  usage: "KIND [NAME]",
  examples: [
    "drover get clusters",
    "drover get bundles -o wide",
    "drover get gitrepo config -o yaml",
    "drover get bundledeployments --all-namespaces",
  ],
  options: {
    ...hubOptions,
    "all-namespaces": { type: "boolean", short: "A", description: "Objects of all workspaces." },
    selector: {
      type: "string",
      short: "l",
      value: "SELECTOR",
      description: "Only objects with these labels, such as env=dev.",
    },
    output: { type: "string", short: "o", value: "FORMAT", description: "table (default), wide, yaml or json." },
  },
  run: async (input, context) => {
    const [kind = "", name] = input.arguments;
    if (kind === "") throw new UsageError("KIND is missing, such as clusters");
    const format = parseOutput(textOption(input, "output"));
    const plural = pluralOf(kind);
    const hub = await context.hub(input);
    const path = pathOf(hub, input, { plural, name });
    if (format === "yaml" || format === "json") context.print(printValue(await hub.call({ path }), format));
    else {
      const table = await hub.call({ path, accept: tableType });
      context.print(printServerTable(table, { wide: format === "wide", namespaces: isEverywhere(input, plural) }));
    }
    return 0;
  },
};

/** BundleDeployments live in a namespace per cluster: without `-n` all of them are meant. */
function isEverywhere(input: CommandInput, plural: string): boolean {
  return (
    switchOption(input, "all-namespaces") ||
    (plural === "bundledeployments" && textOption(input, "namespace") === undefined)
  );
}

function pathOf(
  hub: HubClient,
  input: CommandInput,
  { plural, name }: { readonly plural: string; readonly name: string | undefined },
): string {
  const everywhere = isEverywhere(input, plural) && name === undefined;
  const path = fleetPath(plural, everywhere ? "" : hub.namespace, name);
  const selector = textOption(input, "selector");
  return selector === undefined ? path : `${path}?labelSelector=${encodeURIComponent(selector)}`;
}
