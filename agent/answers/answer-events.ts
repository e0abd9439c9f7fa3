import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import type { Answer, AnsweredEvent, UnhealthyObject } from "../../shared/protocol/answers.ts";
import type { Question } from "../../shared/protocol/questions.ts";
import { findPodProblem } from "../../shared/status/health/explain-pods.ts";
import { numberAt, textAt } from "../../shared/status/health/read-fields.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { findPods, listEvents } from "../reconcile/explain-health.ts";
import { type AnswerDeps, askedDeployment } from "./answer-deps.ts";
import { unhealthyObjects, type WonderedObject } from "./unhealthy-objects.ts";

/** Pods of one object whose Events are read, the newest. */
const maxPods = 3;

/** Events of one object that are told, the latest. */
const maxEvents = 20;

const maxMessage = 1000;

/** Returns why objects are not ready: their own sentence, their pods', and the Events about them all. Throws KUBE_FORBIDDEN naming the missing right. */
export async function answerEvents(
  deps: AnswerDeps,
  question: Extract<Question, { readonly kind: "events" }>,
  signal: AbortSignal,
): Promise<Answer> {
  const asked = askedDeployment(deps, question.bundle);
  const { objects, left } = await unhealthyObjects(deps, asked, { object: question.object, signal });
  const told: UnhealthyObject[] = [];
  for (const object of objects) {
    signal.throwIfAborted();
    told.push(await explainObject(asked.client, object));
  }
  return { kind: "events", objects: told, ...(left === 0 ? {} : { cut: left }) };
}

async function explainObject(client: KubeClient, { entry, live, message }: WonderedObject): Promise<UnhealthyObject> {
  const { group, kind, namespace, name } = entry;
  const about = { group, kind, namespace, name, ...(message === undefined ? {} : { message }) };
  if (live === undefined) return { ...about, events: [] };
  const made = await findPods(client, live);
  const pods = (made?.pods ?? []).toSorted((a, b) => createdAt(b).localeCompare(createdAt(a))).slice(0, maxPods);
  const others = made?.maker === undefined || isSame(made.maker, live) ? [] : [made.maker];
  const involved = [live, ...others, ...pods.filter((pod) => !isSame(pod, live))];
  const events: AnsweredEvent[] = [];
  for (const object of involved) {
    const found = await listEvents(client, object);
    events.push(...found.map((event) => shorten(event, `${object.kind} ${object.metadata.name ?? ""}`)));
  }
  const latest = events.toSorted((a, b) => a.lastSeen.localeCompare(b.lastSeen)).slice(-maxEvents);
  const reason = findPodProblem(made?.pods ?? [])?.message;
  return { ...about, ...(reason === undefined ? {} : { reason }), events: latest };
}

function isSame(left: KubeObject, right: KubeObject): boolean {
  return left.metadata.uid === right.metadata.uid;
}

/** Events of the older API have `lastTimestamp` and `count`, those of events.k8s.io `eventTime` and `series`. */
function shorten(event: KubeObject, object: string): AnsweredEvent {
  const series = isJsonObject(event["series"]) ? event["series"] : {};
  const lastSeen = textAt(series, "lastObservedTime") || textOf(event, "lastTimestamp") || textOf(event, "eventTime");
  const count = numberAt(series, "count") ?? event["count"];
  return {
    object,
    type: textOf(event, "type"),
    reason: textOf(event, "reason"),
    message: textOf(event, "message").trim().slice(0, maxMessage),
    count: typeof count === "number" ? count : 1,
    lastSeen: lastSeen || createdAt(event),
  };
}

function textOf(object: KubeObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}

function createdAt({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? "";
}
