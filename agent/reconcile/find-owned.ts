import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { scopeOfBuiltIn } from "../../shared/render/built-in-kinds.ts";
import { assessHealth } from "../../shared/status/assess-health.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { listFirst } from "../kube/list-first.ts";

const apps = { group: "apps", version: "v1", namespaced: true } as const;

/** What operators make for a custom resource, before the pods that they make themselves. */
const workloads: readonly ApiResource[] = [
  { ...apps, kind: "StatefulSet", plural: "statefulsets" },
  { ...apps, kind: "Deployment", plural: "deployments" },
  { ...apps, kind: "DaemonSet", plural: "daemonsets" },
  { group: "batch", version: "v1", kind: "Job", plural: "jobs", namespaced: true },
];
const pods: ApiResource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

/** Objects of a kind that are looked through in a namespace. */
const maxObjects = 100;

/** How what an operator made is looked for. */
export interface OwnedSearch {
  readonly client: KubeClient;
  /** Told what could not be read; the other kinds are still looked through. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Returns what a custom resource's operator made for it and is not ready: a workload, else pods of its own; nothing for
 * kinds of Kubernetes and objects outside of namespaces. One request for each of five kinds at most.
 */
export async function findOwned({ client, onFault }: OwnedSearch, object: KubeObject): Promise<readonly KubeObject[]> {
  const { namespace = "" } = object.metadata;
  if (namespace === "" || scopeOfBuiltIn(object.apiVersion, object.kind) !== undefined) return [];
  for (const resource of [...workloads, pods]) {
    try {
      const found = await listFirst(client, resource, { namespace, limit: maxObjects });
      const broken = found.filter((made) => isOwnedBy(made, object) && !assessHealth(made).ready);
      if (broken.length > 0) return broken;
    } catch (error) {
      onFault(error);
    }
  }
  return [];
}

function isOwnedBy({ metadata }: KubeObject, { metadata: { uid } }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some((owner) => isJsonObject(owner) && owner["uid"] === uid);
}
