import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { assessHealth } from "../../shared/status/assess-health.ts";
import { explainEvents } from "../../shared/status/health/explain-events.ts";
import { findPodProblem, type PodProblem } from "../../shared/status/health/explain-pods.ts";
import { listAt, objectAt, specFields, textAt } from "../../shared/status/health/read-fields.ts";
import { objectPath, type ApiResource } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { findOwned } from "./find-owned.ts";
import { listFirst } from "../kube/list-first.ts";

const pods: ApiResource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const events: ApiResource = { group: "", version: "v1", kind: "Event", plural: "events", namespaced: true };
const replicaSets: ApiResource = {
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  namespaced: true,
};

/** Objects read of each kind: the reason shows in the first as well as in all. */
const maxObjects = 50;

/** A log's last line is cut here, in characters. */
const maxLine = 300;

/** How reasons are looked for. */
export interface Explaining {
  readonly client: KubeClient;
  /** Whether the last line that a crashing container logged may be told. */
  readonly showLogs: boolean;
  /** Told what could not be read, while the rest still says something. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Returns why an object is not ready, as its pods and Events tell: owners are followed down to the pods, the worst of them
 * counts. At most five requests, ten for a custom resource; undefined where nothing tells more than the object does. Throws what the API server answers.
 */
export async function explainHealth(explaining: Explaining, object: KubeObject): Promise<string | undefined> {
  const made = await findPods(explaining.client, object);
  if (made === undefined) return (await explainOwned(explaining, object)) ?? explainByEvents(explaining, object);
  const problem = findPodProblem(made.pods);
  if (problem !== undefined) return explainPod(explaining, problem);
  return made.maker === undefined ? undefined : explainByEvents(explaining, made.maker);
}

/** What an operator made for a custom resource says more than the resource. */
async function explainOwned(explaining: Explaining, object: KubeObject): Promise<string | undefined> {
  const [first, ...others] = await findOwned(explaining, object);
  if (first === undefined) return undefined;
  if (first.kind === "Pod") return explainPod(explaining, findPodProblem([first, ...others]));
  const reason = await orNothing(explaining, explainHealth(explaining, first));
  return `${first.kind} ${first.metadata.name ?? ""}: ${reason ?? assessHealth(first).message}`;
}

/** Pods that an object made, and what made them for it: the newest ReplicaSet of a Deployment, else the object itself. */
export interface MadePods {
  readonly pods: readonly KubeObject[];
  /** Absent for a pod, which nothing made. */
  readonly maker: KubeObject | undefined;
}

/** Returns the first pods of an object, itself if it is one; undefined for kinds that make none. */
export async function findPods(client: KubeClient, object: KubeObject): Promise<MadePods | undefined> {
  if (object.apiVersion === "v1" && object.kind === "Pod") return { pods: [object], maker: undefined };
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined) return undefined;
  const selection = { namespace: object.metadata.namespace ?? "", labelSelector, limit: maxObjects };
  const makers =
    object.kind === "Deployment"
      ? (await listFirst(client, replicaSets, selection)).filter((set) => isMadeBy(set, [object]))
      : [object];
  const made = (await listFirst(client, pods, selection)).filter((pod) => isMadeBy(pod, makers));
  const [maker = object] = makers.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)));
  return { pods: made, maker };
}

/** Returns the first Events about an object of a namespace. */
export async function listEvents(client: KubeClient, { metadata }: KubeObject): Promise<KubeObject[]> {
  const { namespace = "", uid = "" } = metadata;
  if (namespace === "" || uid === "") return [];
  const fieldSelector = `involvedObject.uid=${uid}`;
  return listFirst(client, events, { namespace, fieldSelector, limit: maxObjects });
}

async function explainPod(explaining: Explaining, problem: PodProblem | undefined): Promise<string | undefined> {
  if (problem === undefined) return undefined;
  const { pod, message, container, vague } = problem;
  if (container?.crashed === true && explaining.showLogs) {
    const line = await orNothing(explaining, lastLogLine(explaining.client, pod, container));
    return line === undefined ? message : `${message}; its last log line: ${line}`;
  }
  const event = vague ? await orNothing(explaining, explainByEvents(explaining, pod)) : undefined;
  return event === undefined ? message : `${message}: ${event}`;
}

/** A kubelet that is away or a right that is missing does not take away what the pod itself says. */
async function orNothing<T>({ onFault }: Explaining, reading: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    onFault(error);
    return undefined;
  }
}

async function explainByEvents({ client }: Explaining, object: KubeObject): Promise<string | undefined> {
  return explainEvents(await listEvents(client, object));
}

async function lastLogLine(
  client: KubeClient,
  pod: KubeObject,
  { container, restarting }: { readonly container: string; readonly restarting: boolean },
): Promise<string | undefined> {
  const lines = await readLog(client, pod, { container, previous: restarting, lines: 10 });
  const line = lines.map((text) => text.trim()).findLast((text) => text !== "");
  return line === undefined || line.length <= maxLine ? line : `${line.slice(0, maxLine)}…`;
}

/** What of a pod's log is read. */
export interface LogWish {
  readonly container: string;
  /** The run before the last restart. */
  readonly previous: boolean;
  readonly lines: number;
}

/** Returns the last lines that a container logged, at most 8 KB of them. */
export async function readLog(client: KubeClient, pod: KubeObject, wish: LogWish): Promise<string[]> {
  const { namespace = "", name = "" } = pod.metadata;
  const path = `${objectPath({ resource: pods, namespace, name })}/log`;
  const { container, previous, lines } = wish;
  const query = { container, previous: String(previous), tailLines: String(lines), limitBytes: "8192" };
  const log = await client.text({ method: "GET", path, query, accept: "*/*" });
  return log.split("\n");
}

/** Returns the selector of a kind that makes pods, undefined for others. */
function selectorOf(object: KubeObject): string | undefined {
  const makesPods = object.apiVersion === "batch/v1" ? object.kind === "Job" : object.apiVersion === "apps/v1";
  const selector = objectAt(specFields(object), "selector");
  if (!makesPods || Object.keys(selector).length === 0) return undefined;
  const labels = Object.entries(objectAt(selector, "matchLabels")).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : ""}`,
  );
  return [...labels, ...listAt(selector, "matchExpressions").map(printExpression)].join(",");
}

function printExpression(expression: JsonObject): string {
  const key = textAt(expression, "key");
  const values = Array.isArray(expression["values"]) ? expression["values"].map(String).join(",") : "";
  switch (textAt(expression, "operator")) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return key;
  }
}

function isMadeBy({ metadata }: KubeObject, makers: readonly KubeObject[]): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) =>
      isJsonObject(owner) &&
      owner["controller"] === true &&
      makers.some((maker) => maker.metadata.uid === owner["uid"]),
  );
}

function createdAt({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? "";
}
