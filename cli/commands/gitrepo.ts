import type { JsonObject } from "../../codec/json-value.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import {
  type Command,
  type CommandInput,
  hubOptions,
  listOption,
  requiredArgument,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { fleetPath } from "../hub-client.ts";
import { parseLabels } from "./label.ts";

export const addGitRepo: Command = {
  name: "gitrepo add",
  summary: "Follow a Git repository",
  usage: "NAME URL",
  examples: [
    "drover gitrepo add config https://git.example/team/config.git --branch main --all-clusters",
    "drover gitrepo add apps https://git.example/team/apps.git --path apps --path base --cluster-label env=prod",
  ],
  options: {
    ...hubOptions,
    branch: {
      type: "string",
      value: "NAME",
      description: "Branch that is followed. Default: master, or the repository's own default branch.",
    },
    revision: { type: "string", value: "COMMIT|TAG", description: "Commit or tag instead of a branch." },
    path: {
      type: "string",
      multiple: true,
      value: "DIR",
      description: "Directory or glob that is searched for bundles; may be repeated. Default: everything.",
    },
    "cluster-label": {
      type: "string",
      multiple: true,
      value: "KEY=VALUE",
      description: "Only clusters with this label; may be repeated.",
    },
    "cluster-group": { type: "string", value: "NAME", description: "Only clusters of this ClusterGroup." },
    "all-clusters": { type: "boolean", description: "All clusters of the workspace." },
    secret: { type: "string", value: "NAME", description: "Secret with the Git credential." },
    "polling-interval": {
      type: "string",
      value: "DURATION",
      description: "Time between looks at the repository, such as 1m.",
    },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const repo = requiredArgument(input, 1, "URL");
    const targets = targetsOf(input);
    const hub = await context.hub(input);
    const paths = listOption(input, "path");
    const spec = {
      repo,
      ...named("branch", textOption(input, "branch")),
      ...named("revision", textOption(input, "revision")),
      ...named("clientSecretName", textOption(input, "secret")),
      ...named("pollingInterval", textOption(input, "polling-interval")),
      ...(paths.length === 0 ? {} : { paths: [...paths] }),
      ...(targets === undefined ? {} : { targets: [targets] }),
    };
    const body = { apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { name, namespace: hub.namespace }, spec };
    await hub.call({ method: "POST", path: fleetPath("gitrepos", hub.namespace), body });
    context.print(`gitrepo/${name} created`);
    return 0;
  },
};

export const deleteGitRepo: Command = {
  name: "gitrepo delete",
  summary: "Stop following a repository and remove its bundles from all clusters",
  usage: "NAME",
  examples: ["drover gitrepo delete config"],
  options: hubOptions,
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const hub = await context.hub(input);
    await hub.call({ method: "DELETE", path: fleetPath("gitrepos", hub.namespace, name) });
    context.print(`gitrepo/${name} deleted`);
    return 0;
  },
};

function named(key: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}

/** Returns the target that the options describe; undefined leaves Fleet's default, the ClusterGroup `default`. */
function targetsOf(input: CommandInput): JsonObject | undefined {
  const labels = listOption(input, "cluster-label");
  const clusterGroup = textOption(input, "cluster-group");
  const everywhere = switchOption(input, "all-clusters");
  if (everywhere && (labels.length > 0 || clusterGroup !== undefined))
    throw new UsageError("--all-clusters goes with neither --cluster-label nor --cluster-group");
  if (everywhere) return { name: "all", clusterSelector: {} };
  if (labels.length === 0 && clusterGroup === undefined) return undefined;
  return {
    name: "selected",
    ...(labels.length === 0 ? {} : { clusterSelector: { matchLabels: parseLabels(labels) } }),
    ...(clusterGroup === undefined ? {} : { clusterGroup }),
  };
}
