import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { repoNameLabel } from "../../shared/bundle/bundle-options.ts";
import { type Command, type CommandContext, type ExitCode, hubOptions, textOption } from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { listOf, parseOutput, printAge, printColumns, printValue } from "../output.ts";

/** What `drover status` looks at. */
interface Overview {
  readonly gitRepos: readonly JsonObject[];
  readonly bundles: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
}

export const statusCommand: Command = {
  name: "status",
  summary: "Show repositories, clusters, and everything that is not as Git says",
  usage: "",
  examples: ["drover status", "drover status -n team-a -o json"],
  options: {
    ...hubOptions,
    output: { type: "string", short: "o", value: "FORMAT", description: "table (default), yaml or json." },
  },
  run: async (input, context) => {
    const format = parseOutput(textOption(input, "output"));
    const hub = await context.hub(input);
    const overview = await readOverview(hub);
    if (format === "yaml" || format === "json") context.print(printValue({ ...overview }, format));
    else printOverview(overview, hub.namespace, context);
    return isReady(overview) ? 0 : notReady;
  },
};

const notReady: ExitCode = 3;

async function readOverview(hub: HubClient): Promise<Overview> {
  const list = async (plural: string): Promise<JsonObject[]> =>
    listOf((await hub.call({ path: fleetPath(plural, hub.namespace) }))["items"]).filter(isJsonObject);
  const [gitRepos, bundles, clusters] = await Promise.all([list("gitrepos"), list("bundles"), list("clusters")]);
  return { gitRepos, bundles, clusters };
}

function isReady({ gitRepos, bundles, clusters }: Overview): boolean {
  return [...gitRepos, ...bundles, ...clusters].every((object) => readyCondition(object)["status"] === "True");
}

function printOverview({ gitRepos, bundles, clusters }: Overview, namespace: string, context: CommandContext): void {
  const nowMs = context.nowMs();
  context.print(
    `Workspace ${namespace}: ${count(gitRepos, "repository", "repositories")}, ${count(bundles, "bundle", "bundles")}, ${count(clusters, "cluster", "clusters")}\n`,
  );
  if (gitRepos.length > 0) {
    const rows = gitRepos.map((repo) => [
      nameOf(repo),
      textAt(repo, "spec", "repo"),
      textAt(repo, "status", "commit").slice(0, 12) || "-",
      textAt(repo, "status", "display", "readyBundleDeployments"),
      stateOf(repo),
    ]);
    context.print(`${printColumns(["REPOSITORY", "URL", "COMMIT", "READY", "STATE"], rows)}\n`);
  }
  if (clusters.length > 0) {
    const rows = clusters.map((cluster) => [
      nameOf(cluster),
      textAt(cluster, "status", "display", "readyBundles"),
      stateOf(cluster),
      printAge(textAt(cluster, "status", "agent", "lastSeen") || undefined, nowMs),
    ]);
    context.print(`${printColumns(["CLUSTER", "READY", "STATE", "LAST SEEN"], rows)}\n`);
  }
  const paused = pausedNames({ gitRepos, bundles, clusters });
  if (paused.length > 0) context.print(`Paused, so that nothing new is applied: ${paused.join(", ")}\n`);
  const problems = [...gitRepos, ...bundles, ...clusters].filter(
    (object) => readyCondition(object)["status"] !== "True" && messageOf(object) !== "",
  );
  if (problems.length === 0) return;
  context.print("Not as Git says:");
  for (const object of problems) {
    context.print(`  ${titleOf(object)}`);
    for (const line of messageOf(object).split("\n")) context.print(`    ${line}`);
  }
}

/** `Kind name` of what is paused; of bundles only those that are not because their GitRepo is. */
function pausedNames({ gitRepos, bundles, clusters }: Overview): string[] {
  const pausedRepos = new Set(gitRepos.filter(isPaused).map(nameOf));
  const ofOthers = bundles.filter((bundle) => !pausedRepos.has(textAt(bundle, "metadata", "labels", repoNameLabel)));
  return [...gitRepos, ...ofOthers, ...clusters].filter(isPaused).map(titleOf);
}

function isPaused(object: JsonObject): boolean {
  return valueAt(object, "spec", "paused") === true;
}

function titleOf(object: JsonObject): string {
  return `${textAt(object, "kind")} ${nameOf(object)}`;
}

function count(list: readonly unknown[], one: string, many: string): string {
  return `${list.length} ${list.length === 1 ? one : many}`;
}

function stateOf(object: JsonObject): string {
  return textAt(object, "status", "display", "state") || "Unknown";
}

function messageOf(object: JsonObject): string {
  const message = readyCondition(object)["message"];
  return typeof message === "string" ? message : "";
}

function readyCondition(object: JsonObject): JsonObject {
  return (
    listOf(valueAt(object, "status", "conditions"))
      .filter(isJsonObject)
      .find((condition) => condition["type"] === "Ready") ?? {}
  );
}

function nameOf(object: JsonObject): string {
  return textAt(object, "metadata", "name");
}

function textAt(object: JsonObject, ...path: readonly string[]): string {
  const value = valueAt(object, ...path);
  return typeof value === "string" ? value : "";
}

function valueAt(object: JsonObject, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined;
  return value;
}
