import type { JsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import type { HubClient } from "../hub-client.ts";
import { findObject, listAll } from "./fleet-objects.ts";
import { idOf, objectAt, textAt, valueAt } from "./json-path.ts";

/** A Deployment, or a StatefulSet of Fleet's earlier versions, that runs Fleet's agent. */
export interface AgentWorkload {
  readonly kind: "Deployment" | "StatefulSet";
  readonly id: string;
  readonly path: string;
  readonly replicas: number;
}

/** Fleet's agent of one cluster, as the cluster has it. */
export interface FleetAgent {
  readonly workloads: readonly AgentWorkload[];
  /** `<namespace>/<name>` of its pods that are still there. */
  readonly pods: readonly string[];
}

const workloadKinds = [
  ["Deployment", "deployments"],
  ["StatefulSet", "statefulsets"],
] as const;

/**
 * Returns Fleet's agent of a cluster, in whatever namespace it is. Throws IMPORT_INCOMPLETE when the agents there say
 * that they belong to other clusters: then it is another cluster's kubeconfig.
 */
export async function readFleetAgent(cluster: HubClient, id: string): Promise<FleetAgent> {
  const found: { readonly workload: AgentWorkload; readonly object: JsonObject }[] = [];
  const others: string[] = [];
  for (const [kind, plural] of workloadKinds) {
    const path = `/apis/apps/v1/${plural}?fieldSelector=${encodeURIComponent("metadata.name=fleet-agent")}`;
    for (const object of await listAll(cluster, path)) {
      const namespace = textAt(object, "metadata", "namespace");
      const owner = await ownerOf(cluster, namespace);
      if (owner !== undefined && owner !== id) others.push(owner);
      else found.push({ object, workload: workloadOf(object, kind, plural) });
    }
  }
  if (found.length === 0 && others.length > 0)
    throw new AppError(
      "IMPORT_INCOMPLETE",
      `this is not cluster ${id}: Fleet's agent there is that of ${others.join(" and ")}; check --cluster and --cluster-kubeconfig`,
      { verdict: "stalled" },
    );
  const pods = await Promise.all(found.map(async ({ object }) => podsOf(cluster, object)));
  return { workloads: found.map(({ workload }) => workload), pods: pods.flat() };
}

/** Returns whether an agent can change anything: nothing runs, and nothing is wanted to. */
export function isAgentStopped({ workloads, pods }: FleetAgent): boolean {
  return pods.length === 0 && workloads.every(({ replicas }) => replicas === 0);
}

/** The agent's credential names its Cluster (source: rancher/fleet `internal/cmd/agent/register`). */
async function ownerOf(cluster: HubClient, namespace: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/fleet-agent`;
  const secret = (await findObject(cluster, path)) ?? {};
  const text = (key: string): string => Buffer.from(textAt(secret, "data", key), "base64").toString("utf8");
  const name = text("clusterName");
  return name === "" ? undefined : `${text("clusterNamespace")}/${name}`;
}

function workloadOf(object: JsonObject, kind: AgentWorkload["kind"], plural: string): AgentWorkload {
  const replicas = valueAt(object, "spec", "replicas");
  const namespace = encodeURIComponent(textAt(object, "metadata", "namespace"));
  return {
    kind,
    id: idOf(object),
    path: `/apis/apps/v1/namespaces/${namespace}/${plural}/fleet-agent`,
    replicas: typeof replicas === "number" ? replicas : 1,
  };
}

async function podsOf(cluster: HubClient, workload: JsonObject): Promise<string[]> {
  const selector = Object.entries(objectAt(workload, "spec", "selector", "matchLabels"))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : ""}`)
    .join(",");
  const namespace = encodeURIComponent(textAt(workload, "metadata", "namespace"));
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  return (await listAll(cluster, path)).map(idOf);
}
