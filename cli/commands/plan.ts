import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { PlannedDeployment } from "../../shared/protocol/answers.ts";
import { type Command, hubOptions, requiredArgument, textOption } from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { listOf, objectName } from "../output.ts";
import { answerIn, askEach, queryText, timeoutOption, timeoutSeconds } from "../live/ask-agents.ts";
import { exitCodeOption, reportPlans } from "../live/report-plans.ts";

/** The hub may have to fetch and build the commit before it asks anybody. */
const buildMs = 130_000;

export const planCommand: Command = {
  name: "plan",
  summary: "Show what a commit would change in the clusters, tried there by dry runs; nothing is changed",
  usage: "GITREPO [--commit REVISION]",
  examples: [
    "drover plan config --commit 3f1c2a9d0b7e4f5a6c8d9e0f1a2b3c4d5e6f7a8b",
    "drover plan config --commit refs/pull/7/head --cluster staging-eu",
    "drover plan config --exit-code",
  ],
  options: {
    ...hubOptions,
    commit: {
      type: "string",
      value: "REVISION",
      description: "Whole commit ID, branch, tag or ref such as refs/pull/7/head. Default: what is in force now.",
    },
    cluster: { type: "string", value: "NAME", description: "Only this cluster. Default: all of the workspace." },
    "exit-code": exitCodeOption,
    timeout: timeoutOption,
    output: { type: "string", short: "o", value: "FORMAT", description: "text (default), yaml or json." },
  },
  run: async (input, context) => {
    const gitRepo = requiredArgument(input, 0, "GITREPO");
    const seconds = timeoutSeconds(input);
    const commit = textOption(input, "commit");
    const hub = await context.hub(input);
    const named = textOption(input, "cluster");
    const clusters = named === undefined ? await clusterNames(hub) : [named];
    if (clusters.length === 0) context.printError(`workspace ${hub.namespace} has no clusters`);
    const faults = new Set<string>();
    const heard = await askEach(
      clusters.map((cluster) => ({ cluster })),
      async ({ cluster }): Promise<readonly PlannedDeployment[]> => {
        const query = queryText({ cluster, ...(commit === undefined ? {} : { commit }) }, seconds);
        const path = `${fleetPath("gitrepos", hub.namespace, gitRepo)}/plan${query}`;
        const body = await hub.call({ path, timeoutMs: (seconds ?? 30) * 1000 + buildMs });
        for (const fault of faultLines(body)) faults.add(fault);
        return answerIn(body, "plan").deployments;
      },
    );
    const exitCode = reportPlans(heard, "plan", { input, context });
    for (const fault of faults) context.printError(`commit: ${fault}`);
    return faults.size > 0 ? 1 : exitCode;
  },
};

async function clusterNames(hub: HubClient): Promise<string[]> {
  const list = await hub.call({ path: fleetPath("clusters", hub.namespace) });
  return listOf(list["items"]).filter(isJsonObject).map(objectName).toSorted();
}

/** What of the commit cannot be built, or waits at the hub: the same for every cluster. */
function faultLines(body: JsonObject): string[] {
  return listOf(body["faults"])
    .filter(isJsonObject)
    .map(({ code, directory, message }) =>
      [code, directory, message].filter((part) => typeof part === "string").join(": "),
    );
}
