import type { JsonObject } from "../../../codec/json-value.ts";
import type { KubeObject } from "../../api/meta.ts";
import { listAt, numberAt, objectAt, statusFields, textAt } from "./read-fields.ts";

/** Why a container does not work, in words; `crashed`: it ran and ended badly, so that its log may say more. */
export interface ContainerProblem {
  readonly container: string;
  readonly message: string;
  readonly crashed: boolean;
  /** It has ended and was not started anew since: its log is that of the run before. */
  readonly restarting: boolean;
}

/** Reasons for which a container waits until somebody acts. */
const stuckReasons: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImageInspectError",
  "ImagePullBackOff",
  "InvalidImageName",
  "RegistryUnavailable",
  "RunContainerError",
]);

/** Returns the first container of a pod that is stuck or ended badly, those that run before the others first. */
export function findContainerProblem(pod: KubeObject): ContainerProblem | undefined {
  const status = statusFields(pod);
  const containers = [...listAt(status, "initContainerStatuses"), ...listAt(status, "containerStatuses")];
  return containers.map(problemOf).find((problem) => problem !== undefined);
}

function problemOf(container: JsonObject): ContainerProblem | undefined {
  const name = textAt(container, "name");
  const state = objectAt(container, "state");
  const waiting = objectAt(state, "waiting");
  const reason = textAt(waiting, "reason");
  const last = objectAt(objectAt(container, "lastState"), "terminated");
  if (stuckReasons.has(reason)) {
    const exit = describeExit(last);
    const detail = textAt(last, "message").trim() || textAt(waiting, "message");
    const message = `container ${name}: ${reason}${exit && `, last ${exit}`}${detail && `: ${detail}`}`;
    return { container: name, message, crashed: reason === "CrashLoopBackOff", restarting: true };
  }
  const ended = objectAt(state, "terminated");
  if ((numberAt(ended, "exitCode") ?? 0) !== 0) {
    const detail = textAt(ended, "message").trim();
    const message = `container ${name} ended with ${describeExit(ended)}${detail && `: ${detail}`}`;
    return { container: name, message, crashed: true, restarting: false };
  }
  return undefined;
}

/** `exit code 137 (OOMKilled)`; reasons that only repeat the code are left out. */
function describeExit(terminated: JsonObject): string {
  const exitCode = numberAt(terminated, "exitCode");
  if (exitCode === undefined) return "";
  const reason = textAt(terminated, "reason");
  return `exit code ${exitCode}${reason === "" || reason === "Error" || reason === "Completed" ? "" : ` (${reason})`}`;
}
