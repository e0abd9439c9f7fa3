import type { KubeObject } from "../../shared/api/meta.ts";
import { describePodFailure } from "../../shared/status/health/assess-hook.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";

const podResource: ApiResource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

/** Returns what the newest failed pod of a Job says, "" where none is left or pods may not be read: it is only for people. */
export async function whyJobFailed(client: KubeClient, job: KubeObject): Promise<string> {
  const { name = "", namespace = "" } = job.metadata;
  const selection = { namespace, labelSelector: `batch.kubernetes.io/job-name=${name}` };
  const failed: KubeObject[] = [];
  try {
    for await (const pod of client.list(podResource, selection)) if (isFailed(pod)) failed.push(pod);
  } catch {
    return "";
  }
  const newest = failed.toSorted((a, b) => createdAt(a) - createdAt(b)).at(-1);
  return newest === undefined ? "" : `pod ${newest.metadata.name ?? ""}: ${describePodFailure(newest)}`;
}

function isFailed({ status }: KubeObject): boolean {
  return typeof status === "object" && status !== null && "phase" in status && status.phase === "Failed";
}

function createdAt({ metadata }: KubeObject): number {
  return Date.parse(metadata.creationTimestamp ?? "") || 0;
}
