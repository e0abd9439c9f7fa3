import type { JsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import {
  controllerOfKind,
  isTrue,
  itself,
  numberAt,
  objectAt,
  withConditions,
  type Condition,
  type Controller,
  type ControllerParts,
} from "./controller.ts";
import { podFromTemplate, podsOf } from "./pod-set.ts";

const resource = "batch/jobs";

/** Runs the pods of a Job until enough have succeeded, or too many have failed. */
export function createJobController(parts: ControllerParts): Controller {
  const { client } = parts;
  return {
    name: "job",
    watches: { [resource]: itself(resource), "/pods": controllerOfKind("Job", resource) },
    reconcile: async (name) => {
      const job = await client.get(name);
      if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
      if (isTrue(job, "Complete") || isTrue(job, "Failed") || objectAt(job, "spec")["suspend"] === true)
        return undefined;
      const pods = await podsOf(job, client);
      const wanted = numberAt(job, ["spec", "completions"], 1);
      const failed = countPhase(pods, "Failed");
      const isLost = failed > numberAt(job, ["spec", "backoffLimit"], 6);
      const running = pods.length - countPhase(pods, "Succeeded") - failed;
      const missing = isLost
        ? 0
        : Math.min(
            wanted - countPhase(pods, "Succeeded") - running,
            numberAt(job, ["spec", "parallelism"], 1) - running,
          );
      for (let count = 0; count < missing; count++) await client.create("/pods", podFromTemplate(job));
      const now = await podsOf(job, client);
      await client.changeStatus(name, (live) => statusOf(live, { pods: now, wanted, isLost }, parts));
      return undefined;
    },
  };
}

interface Progress {
  readonly pods: readonly ApiObject[];
  readonly wanted: number;
  readonly isLost: boolean;
}

function statusOf(job: ApiObject, { pods, wanted, isLost }: Progress, { clock }: ControllerParts): JsonObject {
  const before = objectAt(job, "status");
  const succeeded = countPhase(pods, "Succeeded");
  const failed = countPhase(pods, "Failed");
  const active = pods.length - succeeded - failed;
  const isComplete = succeeded >= wanted;
  const now = metaTime(clock.now());
  const ended = isComplete ? completeConditions : isLost ? failedConditions : [];
  return {
    ...before,
    startTime: before["startTime"] ?? now,
    active,
    ready: countPhase(pods, "Running"),
    terminating: 0,
    succeeded,
    failed,
    uncountedTerminatedPods: {},
    ...(isComplete ? { completionTime: now } : {}),
    ...(ended.length === 0 ? {} : { conditions: withConditions(job, ended, clock) }),
  };
}

const completeConditions: readonly Condition[] = [
  {
    type: "SuccessCriteriaMet",
    status: "True",
    reason: "CompletionsReached",
    message: "Reached expected number of succeeded pods",
  },
  {
    type: "Complete",
    status: "True",
    reason: "CompletionsReached",
    message: "Reached expected number of succeeded pods",
  },
];

const failedConditions: readonly Condition[] = [
  {
    type: "FailureTarget",
    status: "True",
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
  },
  {
    type: "Failed",
    status: "True",
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
  },
];

function countPhase(pods: readonly ApiObject[], phase: string): number {
  return pods.filter((pod) => fieldAt(pod, "status", "phase") === phase).length;
}
