import type { JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../json-fields.ts";
import { countAt, flagAt, objectsAt, since, textAt, textOr, type KindCells } from "./cell-values.ts";

// printPod of kubernetes/pkg/printers/internalversion/printers.go.

interface PodSummary {
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  readonly lastRestart: string;
}

interface Restarts {
  readonly count: number;
  readonly last: string;
}

function isSidecar(pod: ApiObject, name: string): boolean {
  const container = objectsAt(pod, "spec", "initContainers").find((item) => textAt(item, "name") === name);
  return textAt(container, "restartPolicy") === "Always";
}

function sumRestarts(statuses: readonly JsonObject[]): Restarts {
  const times = statuses.map((status) => textAt(status, "lastState", "terminated", "finishedAt"));
  return {
    count: statuses.reduce((sum, status) => sum + countAt(status, "restartCount"), 0),
    last: times.sort().at(-1) ?? "",
  };
}

/** Why a container ended: its reason, signal or exit code. */
function endOf(status: JsonObject, prefix = ""): string {
  const reason = textAt(status, "state", "terminated", "reason");
  if (reason !== "") return `${prefix}${reason}`;
  const signal = countAt(status, "state", "terminated", "signal");
  const code = countAt(status, "state", "terminated", "exitCode");
  return signal === 0 ? `${prefix}ExitCode:${code}` : `${prefix}Signal:${signal}`;
}

interface InitSummary {
  /** Why initialization is not through; undefined when it is. */
  readonly reason: string | undefined;
  readonly readySidecars: number;
  readonly seen: readonly JsonObject[];
}

function summarizeInit(pod: ApiObject): InitSummary {
  const statuses = objectsAt(pod, "status", "initContainerStatuses");
  const total = objectsAt(pod, "spec", "initContainers").length;
  let readySidecars = 0;
  for (const [index, status] of statuses.entries()) {
    const seen = statuses.slice(0, index + 1);
    const terminated = fieldAt(status, "state", "terminated") !== undefined;
    if (terminated && countAt(status, "state", "terminated", "exitCode") === 0) continue;
    if (isSidecar(pod, textAt(status, "name")) && flagAt(false, status, "started")) {
      if (flagAt(false, status, "ready")) readySidecars++;
      continue;
    }
    if (terminated) return { reason: endOf(status, "Init:"), readySidecars, seen };
    const waiting = textAt(status, "state", "waiting", "reason");
    const reason = waiting !== "" && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${index}/${total}`;
    return { reason, readySidecars, seen };
  }
  return { reason: undefined, readySidecars, seen: statuses };
}

function hasCondition(pod: ApiObject, type: string, status = "True"): boolean {
  return objectsAt(pod, "status", "conditions").some(
    (condition) => textAt(condition, "type") === type && textAt(condition, "status") === status,
  );
}

interface ContainerSummary {
  readonly reason: string;
  readonly ready: number;
}

function summarizeContainers(pod: ApiObject, start: string): ContainerSummary {
  let reason = start;
  let failure = "";
  let ready = 0;
  for (const status of objectsAt(pod, "status", "containerStatuses").toReversed()) {
    const waiting = textAt(status, "state", "waiting", "reason");
    if (waiting !== "") {
      reason = waiting;
    } else if (fieldAt(status, "state", "terminated") !== undefined) {
      reason = endOf(status);
      if (countAt(status, "state", "terminated", "exitCode") !== 0) failure = reason;
    } else if (flagAt(false, status, "ready") && fieldAt(status, "state", "running") !== undefined) {
      ready++;
    }
  }
  if (reason !== "Completed") return { reason, ready };
  if (ready > 0 && hasCondition(pod, "Ready")) return { reason: "Running", ready };
  if (failure !== "") return { reason: failure, ready };
  return { reason: ready > 0 ? "NotReady" : reason, ready };
}

function summarize(pod: ApiObject): PodSummary {
  const phase = textAt(pod, "status", "phase");
  const gated = objectsAt(pod, "status", "conditions").some(
    (condition) => textAt(condition, "type") === "PodScheduled" && textAt(condition, "reason") === "SchedulingGated",
  );
  const start = gated ? "SchedulingGated" : textOr(phase, pod, "status", "reason");
  const sidecars = objectsAt(pod, "spec", "initContainers").filter(
    (item) => textAt(item, "restartPolicy") === "Always",
  );
  const total = objectsAt(pod, "spec", "containers").length + sidecars.length;
  const init = summarizeInit(pod);
  if (init.reason !== undefined && !hasCondition(pod, "Initialized")) {
    const { count, last } = sumRestarts(init.seen);
    return { reason: ending(pod, init.reason), ready: init.readySidecars, total, restarts: count, lastRestart: last };
  }
  const containers = summarizeContainers(pod, init.reason ?? start);
  const restarted = init.seen.filter((status) => isSidecar(pod, textAt(status, "name")));
  const { count, last } = sumRestarts([...restarted, ...objectsAt(pod, "status", "containerStatuses")]);
  const ready = containers.ready + init.readySidecars;
  return { reason: ending(pod, containers.reason), ready, total, restarts: count, lastRestart: last };
}

/** What a pod that is being deleted shows instead. */
function ending(pod: ApiObject, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  if (textAt(pod, "status", "reason") === "NodeLost") return "Unknown";
  const phase = textAt(pod, "status", "phase");
  return phase === "Succeeded" || phase === "Failed" ? reason : "Terminating";
}

function formatRestarts({ restarts, lastRestart }: PodSummary, nowMs: number): string {
  return restarts !== 0 && lastRestart !== "" ? `${restarts} (${since(lastRestart, nowMs)} ago)` : String(restarts);
}

function readinessGates(pod: ApiObject): string {
  const gates = objectsAt(pod, "spec", "readinessGates");
  if (gates.length === 0) return "<none>";
  return `${gates.filter((gate) => hasCondition(pod, textAt(gate, "conditionType"))).length}/${gates.length}`;
}

/** The cells of pods. */
export const podCells: KindCells = {
  Ready: (pod) => {
    const { ready, total } = summarize(pod);
    return `${ready}/${total}`;
  },
  Status: (pod) => summarize(pod).reason,
  Restarts: (pod, nowMs) => formatRestarts(summarize(pod), nowMs),
  IP: (pod) => textOr("<none>", objectsAt(pod, "status", "podIPs")[0], "ip"),
  Node: (pod) => textOr("<none>", pod, "spec", "nodeName"),
  "Nominated Node": (pod) => textOr("<none>", pod, "status", "nominatedNodeName"),
  "Readiness Gates": readinessGates,
};
