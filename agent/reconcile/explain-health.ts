import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { explainEvents } from "../../shared/status/health/explain-events.ts";
import { findPodProblem, type PodProblem } from "../../shared/status/health/explain-pods.ts";
import { listAt, objectAt, specFields, textAt } from "../../shared/status/health/read-fields.ts";
import { objectPath, type ApiResource } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
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
 * counts. At most five requests; undefined where nothing tells more than the object does. Throws what the API server answers.
 */
export async function explainHealth(explaining: Explaining, object: KubeObject): Promise<string | undefined> {
  if (object.apiVersion === "v1" && object.kind === "Pod") return explainPod(explaining, findPodProblem([object]));
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined) return explainByEvents(explaining, object);
  const namespace = object.metadata.namespace ?? "";
  const selection = { namespace, labelSelector, limit: maxObjects };
  const makers =
    object.kind === "Deployment"
      ? (await listFirst(explaining.client, replicaSets, selection)).filter((set) => isMadeBy(set, [object]))
      : [object];
  const made = (await listFirst(explaining.client, pods, selection)).filter((pod) => isMadeBy(pod, makers));
  const problem = findPodProblem(made);
  if (problem !== undefined) return explainPod(explaining, problem);
  const [newest = object] = makers.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)));
  return explainByEvents(explaining, newest);
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

async function explainByEvents({ client }: Explaining, { metadata }: KubeObject): Promise<string | undefined> {
  const { namespace = "", uid = "" } = metadata;
  if (namespace === "" || uid === "") return undefined;
  const about = await listFirst(client, events, {
    namespace,
    fieldSelector: `involvedObject.uid=${uid}`,
    limit: maxObjects,
  });
  return explainEvents(about);
}

async function lastLogLine(
  client: KubeClient,
  pod: KubeObject,
  { container, restarting }: { readonly container: string; readonly restarting: boolean },
): Promise<string | undefined> {
  const { namespace = "", name = "" } = pod.metadata;
  const path = `${objectPath({ resource: pods, namespace, name })}/log`;
  const query = { container, previous: String(restarting), tailLines: "10", limitBytes: "8192" };
  const log = await client.text({ method: "GET", path, query, accept: "*/*" });
  const line = log
    .split("\n")
    .map((text) => text.trim())
    .findLast((text) => text !== "");
  return line === undefined || line.length <= maxLine ? line : `${line.slice(0, maxLine)}…`;
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
