import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { clusterNamespace } from "../../shared/names.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { listOf } from "../output.ts";
import { listAll } from "./fleet-objects.ts";
import { fleetLabels } from "./import-marks.ts";
import { textAt, valueAt } from "./json-path.ts";

/** Returns, one line each, what the hub still lacks of a cluster: deployments that it must have, and any that is not Ready. */
export async function missingAtHub(hub: HubClient, cluster: string, expected: readonly string[]): Promise<string[]> {
  const [workspace = "", name = ""] = cluster.split("/");
  const deployments = await listAll(hub, fleetPath("bundledeployments", clusterNamespace(workspace, name)));
  const known = new Set(deployments.map(bundleOf));
  const lacking = [...new Set(expected)].filter((bundle) => !known.has(bundle));
  return [
    ...lacking.map(
      (bundle) => `bundle ${bundle}: Fleet deploys it there, the hub does not: compare GitRepos and labels`,
    ),
    ...deployments.flatMap((deployment) => {
      const wanted = textAt(deployment, "spec", "deploymentID");
      const applied = textAt(deployment, "status", "appliedDeploymentID");
      if (valueAt(deployment, "status", "ready") === true && wanted !== "" && wanted === applied) return [];
      return [`bundle ${bundleOf(deployment)}: ${stateOf(deployment)}`];
    }),
  ];
}

function bundleOf(deployment: JsonObject): string {
  const workspace = textAt(deployment, "metadata", "labels", fleetLabels.bundleNamespace);
  return `${workspace}/${textAt(deployment, "metadata", "name")}`;
}

function stateOf(deployment: JsonObject): string {
  const ready = listOf(valueAt(deployment, "status", "conditions"))
    .filter(isJsonObject)
    .find(({ type }) => type === "Ready");
  const message = ready === undefined ? "" : textAt(ready, "message");
  const paused = valueAt(deployment, "spec", "paused") === true ? " (paused)" : "";
  return `${textAt(deployment, "status", "display", "state")}${paused}${message === "" ? "" : `: ${message}`}`;
}
