import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import {
  controllerOf,
  itself,
  nameOf,
  withConditions,
  type Condition,
  type Controller,
  type ControllerParts,
} from "./controller.ts";

const resource = "/pods";

/** Runs pods: gives them a node, lets them start after a moment, finish when they belong to a Job, fail when told to, and end. */
export function createPodController(parts: ControllerParts, nodeNames: readonly string[]): Controller {
  const { client, clock, settleMs, failures } = parts;
  let scheduled = 0;

  async function bind(pod: ApiObject): Promise<void> {
    const nodeName = nodeNames[scheduled++ % nodeNames.length] ?? "node";
    await client.change(nameOf(resource, pod), (live) => ({
      ...live,
      spec: { ...specOf(live), nodeName: specOf(live)["nodeName"] ?? nodeName },
    }));
  }

  async function end(pod: ApiObject): Promise<number | undefined> {
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    const dueMs = Date.parse(pod.metadata.deletionTimestamp ?? "") - graceMs + Math.min(graceMs, settleMs);
    if (clock.now() < dueMs) return dueMs - clock.now();
    await client.remove(nameOf(resource, pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
    return undefined;
  }

  return {
    name: "kubelet",
    watches: { [resource]: itself(resource) },
    reconcile: async (name) => {
      const pod = await client.get(name);
      if (pod === undefined) return undefined;
      if (pod.metadata.deletionTimestamp !== undefined) return end(pod);
      if (specOf(pod)["nodeName"] === undefined) {
        await bind(pod);
        return 0;
      }
      const phase = fieldAt(pod, "status", "phase");
      if (phase === "Succeeded" || phase === "Failed") return undefined;
      const failure = failures.reasonFor(pod);
      const readyAtMs = Date.parse(pod.metadata.creationTimestamp ?? "") + settleMs;
      const isStarting = clock.now() < readyAtMs;
      await client.changeStatus(name, (live) =>
        podStatus(live, isStarting ? "Pending" : stateOf(live, failure), parts),
      );
      return isStarting ? readyAtMs - clock.now() : undefined;
    },
  };
}

type PodState = "Failed" | "Pending" | "Running" | "Succeeded" | { readonly waiting: string };

/** A Job's pod finishes; one that is to fail ends (Jobs) or waits for something that never comes. */
function stateOf(pod: ApiObject, failure: string | undefined): PodState {
  const finishes = controllerOf(pod)?.kind === "Job" || specOf(pod)["restartPolicy"] === "Never";
  if (failure !== undefined) return finishes ? "Failed" : { waiting: failure };
  return finishes && controllerOf(pod)?.kind === "Job" ? "Succeeded" : "Running";
}

function podStatus(pod: ApiObject, state: PodState, { clock }: ControllerParts): JsonObject {
  const now = metaTime(clock.now());
  const isReady = state === "Running";
  const isDone = state === "Succeeded" || state === "Failed";
  const before = isJsonObject(pod["status"]) ? pod["status"] : {};
  const phase = typeof state === "string" ? state : "Pending";
  const problem = typeof state === "string" ? "" : state.waiting;
  const readyReason = isReady ? "" : isDone ? "PodCompleted" : "ContainersNotReady";
  const conditions: Condition[] = [
    { type: "PodScheduled", status: "True", reason: "", message: "" },
    { type: "Initialized", status: "True", reason: isDone ? "PodCompleted" : "", message: "" },
    { type: "ContainersReady", status: isReady ? "True" : "False", reason: readyReason, message: problem },
    { type: "Ready", status: isReady ? "True" : "False", reason: readyReason, message: problem },
  ];
  return {
    ...before,
    phase,
    ...(problem === "" ? {} : { message: `container is waiting: ${problem}` }),
    conditions: withConditions(pod, conditions, clock),
    hostIP: "10.0.0.1",
    hostIPs: [{ ip: "10.0.0.1" }],
    podIP: before["podIP"] ?? podAddress(pod),
    podIPs: before["podIPs"] ?? [{ ip: podAddress(pod) }],
    startTime: before["startTime"] ?? now,
    containerStatuses: containersOf(pod).map((container) => containerStatus(container, state, { pod, now })),
    qosClass: before["qosClass"] ?? "BestEffort",
  };
}

function containerStatus(
  container: JsonObject,
  state: PodState,
  { pod, now }: { readonly pod: ApiObject; readonly now: string },
): JsonObject {
  const startedAt = fieldAt(pod, "status", "startTime") ?? now;
  const isRunning = state === "Running";
  const exitCode = state === "Failed" ? 1 : 0;
  const reason = state === "Failed" ? "Error" : "Completed";
  const shown =
    typeof state === "object"
      ? { waiting: { reason: state.waiting } }
      : state === "Pending"
        ? { waiting: { reason: "ContainerCreating" } }
        : isRunning
          ? { running: { startedAt } }
          : { terminated: { exitCode, reason, startedAt, finishedAt: finishedAt(pod) ?? now } };
  return {
    name: container["name"] ?? "",
    image: container["image"] ?? "",
    imageID: "",
    ready: isRunning,
    restartCount: 0,
    started: isRunning,
    state: shown,
  };
}

function finishedAt(pod: ApiObject): string | undefined {
  const statuses = fieldAt(pod, "status", "containerStatuses");
  const time = Array.isArray(statuses) ? fieldAt(statuses[0], "state", "terminated", "finishedAt") : undefined;
  return typeof time === "string" ? time : undefined;
}

function containersOf(pod: ApiObject): readonly JsonObject[] {
  const containers = specOf(pod)["containers"];
  return Array.isArray(containers) ? containers.filter(isJsonObject) : [];
}

function specOf(pod: ApiObject): JsonObject {
  return isJsonObject(pod["spec"]) ? pod["spec"] : {};
}

/** An address made of the uid: the same for the pod's life, and unlikely to be another's. */
function podAddress({ metadata }: ApiObject): string {
  const digits = (metadata.uid ?? "").replaceAll("-", "");
  const [a = 0, b = 0, c = 0] = [0, 2, 4].map((start) => Number.parseInt(digits.slice(start, start + 2), 16) || 0);
  return `10.${128 + (a % 64)}.${b}.${c}`;
}
