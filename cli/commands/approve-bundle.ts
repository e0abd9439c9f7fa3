import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import {
  approveRemovalAnnotation,
  defaultAgentNamespace,
  inventoryBundleAnnotation,
  inventorySecretLabel,
} from "../../shared/api/annotations.ts";
import { AppError } from "../../shared/errors.ts";
import { clusterNamespace } from "../../shared/names.ts";
import { type Command, hubOptions, requiredArgument, textOption, UsageError } from "../command.ts";
import { connectCluster, fleetPath, type HubClient } from "../hub-client.ts";
import { listOf, objectName } from "../output.ts";

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

export const approveBundle: Command = {
  name: "approve bundle",
  summary:
    "Let the agent of one cluster remove objects that it holds back; without --cluster-kubeconfig only show them",
  usage: "NAME --cluster CLUSTER [--cluster-kubeconfig FILE]",
  examples: [
    "drover approve bundle config-web --cluster staging-eu",
    "drover approve bundle config-web --cluster staging-eu --cluster-kubeconfig ~/.kube/staging-eu",
    "drover approve bundle config-web --cluster staging-eu --cluster-kubeconfig ~/.kube/staging-eu --plan 0c1f9a2b7d3e",
  ],
  options: {
    ...hubOptions,
    cluster: { type: "string", value: "NAME", description: "Cluster whose agent holds removals back." },
    "cluster-kubeconfig": {
      type: "string",
      value: "FILE",
      description: "Kubeconfig of that cluster: the approval is an annotation of the agent's inventory Secret there.",
    },
    "cluster-context": { type: "string", value: "NAME", description: "Context of that kubeconfig." },
    "agent-namespace": {
      type: "string",
      value: "NAME",
      description: `Namespace of the agent. Default ${defaultAgentNamespace}.`,
    },
    plan: {
      type: "string",
      value: "DIGEST",
      description:
        "Approve only this plan. Default: the one that the hub shows; needed when the bundle itself is gone.",
    },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "NAME");
    const clusterName = textOption(input, "cluster");
    if (clusterName === undefined) throw new UsageError("--cluster is missing: the cluster whose agent holds removals");
    const plan = textOption(input, "plan");
    const hub = await context.hub(input);
    const held = await heldRemovals(hub, clusterName, name);
    for (const line of held) context.print(line);
    const shown = planOf(held);
    if (plan !== undefined && shown !== undefined && plan !== shown)
      throw new AppError("REMOVAL_HELD", `the plan is ${shown} now, not ${plan}: look at the list again`, {
        verdict: "stalled",
      });
    const digest = plan ?? shown;
    if (digest === undefined) {
      context.printError(
        `bundle/${name} holds no removals on ${clusterName}; where the bundle itself is gone, name the plan with --plan`,
      );
      return 1;
    }
    const cluster = await connectCluster(input, context);
    if (cluster === undefined) {
      context.printError(`nothing is approved yet: add --cluster-kubeconfig FILE to approve plan ${digest}`);
      return 3;
    }
    await annotate(cluster, {
      namespace: textOption(input, "agent-namespace") ?? defaultAgentNamespace,
      bundle: `${hub.namespace}/${name}`,
      digest,
    });
    context.print(`plan ${digest} of bundle/${name} approved on ${clusterName}`);
    return 0;
  },
};

/** Returns what the agent said about held removals; nothing when the hub has no such deployment any more. */
async function heldRemovals(hub: HubClient, cluster: string, name: string): Promise<string[]> {
  const path = fleetPath("bundledeployments", clusterNamespace(hub.namespace, cluster), name);
  const deployment = await hub.call({ path }).catch((error: unknown) => {
    if (error instanceof AppError && error.details["status"] === 404) return {};
    throw error;
  });
  const detail = objectAt(objectAt(deployment, "status"), "detail");
  return listOf(detail["held"]).filter((line) => typeof line === "string");
}

/** The agent ends each line with the digest of its plan (source: `describeHeld`). */
function planOf(held: readonly string[]): string | undefined {
  return held.map((line) => /\(plan ([0-9a-f]+)\)$/u.exec(line)?.[1]).find((digest) => digest !== undefined);
}

interface Approval {
  readonly namespace: string;
  readonly bundle: string;
  readonly digest: string;
}

async function annotate(cluster: HubClient, { namespace, bundle, digest }: Approval): Promise<void> {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const query = `labelSelector=${encodeURIComponent(inventorySecretLabel)}`;
  const list = await cluster.call({ path: `${collection}?${query}`, accept: metadataOnly });
  const secret = listOf(list["items"])
    .filter(isJsonObject)
    .find((item) => objectAt(objectAt(item, "metadata"), "annotations")[inventoryBundleAnnotation] === bundle);
  if (secret === undefined)
    throw new AppError(
      "KUBE_NOT_FOUND",
      `namespace ${namespace} of the cluster has no inventory of bundle ${bundle}: check --cluster-kubeconfig and --agent-namespace`,
      { verdict: "stalled" },
    );
  await cluster.call({
    method: "PATCH",
    path: `${collection}/${encodeURIComponent(objectName(secret))}`,
    contentType: "application/merge-patch+json",
    body: { metadata: { annotations: { [approveRemovalAnnotation]: digest } } },
  });
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}
