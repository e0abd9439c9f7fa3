import { setTimeout as delay } from "node:timers/promises";
import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import { conditionOf } from "../../shared/status/health/read-fields.ts";
import type { Change } from "../../shared/drift/plan-changes.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";

/** What waiting needs. */
export interface WaitForApisDeps {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly signal: AbortSignal;
}

const apiServices: ApiResource = {
  group: "apiregistration.k8s.io",
  version: "v1",
  kind: "APIService",
  plural: "apiservices",
  namespaced: false,
};

/** How long the server of an aggregated API may take before its objects are left for the next try. */
const maxWaitMs = 15_000;

/** Waits until the aggregated APIs of these objects are available, or for their time: what is not then fails object by object. */
export async function waitForApis(
  { client, discovery, signal }: WaitForApisDeps,
  changes: readonly Change[],
): Promise<void> {
  const deadlineMs = performance.now() + maxWaitMs;
  for (const apiVersion of new Set(changes.map(({ object }) => object.apiVersion))) {
    for (let pauseMs = 50; performance.now() < deadlineMs && !signal.aborted; pauseMs = Math.min(pauseMs * 2, 1000)) {
      const service = await readApiService(client, apiVersion);
      if (service === undefined || problemOf(service) === undefined) break;
      await delay(pauseMs);
    }
  }
  discovery.invalidate();
}

/** Throws KUBE_UNAVAILABLE where a kind that is not served belongs to an aggregated API: its server is away, or was until just now. */
export async function requireApi(client: KubeClient, { apiVersion, kind }: KubeObject): Promise<void> {
  const service = await readApiService(client, apiVersion);
  if (service === undefined) return;
  const problem = problemOf(service) ?? `APIService ${nameOf(apiVersion)} does not serve ${kind} yet`;
  throw new AppError("KUBE_UNAVAILABLE", problem);
}

/** Returns whether any APIService says that another server serves a group: what is in there stays there while it is away. */
export async function isAggregated(client: KubeClient, group: string): Promise<boolean> {
  try {
    const list = await client.raw({ method: "GET", path: "/apis/apiregistration.k8s.io/v1/apiservices" });
    const items = isJsonObject(list) && Array.isArray(list["items"]) ? list["items"].filter(isJsonObject) : [];
    return items.some(({ spec }) => isJsonObject(spec) && spec["group"] === group && isJsonObject(spec["service"]));
  } catch (error) {
    if (hasCode(error, "KUBE_FORBIDDEN")) return false;
    throw error;
  }
}

function nameOf(apiVersion: string): string {
  const [group = "", version = ""] = apiVersion.split("/");
  return `${version}.${group}`;
}

/** Returns the APIService of a version that another server serves. */
async function readApiService(client: KubeClient, apiVersion: string): Promise<KubeObject | undefined> {
  if (!apiVersion.includes("/")) return undefined;
  try {
    const live = await client.get({ resource: apiServices, namespace: "", name: nameOf(apiVersion) });
    return isJsonObject(live?.["spec"]) && isJsonObject(live["spec"]["service"]) ? live : undefined;
  } catch (error) {
    // Who may not read it learns the same from the objects.
    if (hasCode(error, "KUBE_FORBIDDEN")) return undefined;
    throw error;
  }
}

function problemOf(service: KubeObject): string | undefined {
  const available = conditionOf(service, "Available");
  if (available?.status === "True") return undefined;
  const why = available?.message || available?.reason || "its server has not been asked yet";
  return `APIService ${service.metadata.name ?? ""} is not available: ${why}`;
}
