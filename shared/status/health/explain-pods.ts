import type { KubeObject } from "../../api/meta.ts";
import { assessPod } from "./assess-pod.ts";
import { findContainerProblem, type ContainerProblem } from "./container-problem.ts";
import { conditionOf, statusFields, textAt } from "./read-fields.ts";

/** The pod that says best why the object that made it is not ready. */
export interface PodProblem {
  readonly pod: KubeObject;
  readonly message: string;
  /** A container is at fault. */
  readonly container: ContainerProblem | undefined;
  /** The pod itself does not know why: its Events may. */
  readonly vague: boolean;
}

/**
 * Returns the worst of pods that are not ready, undefined when all are: one with a broken container before one that cannot
 * be scheduled, that before one that failed as a whole, and the newest of equals, which is what the latest change made.
 */
export function findPodProblem(pods: readonly KubeObject[]): PodProblem | undefined {
  const broken = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !assessPod(pod).ready);
  const [worst] = broken.toSorted((a, b) => rankOf(a) - rankOf(b) || createdAt(b).localeCompare(createdAt(a)));
  if (worst === undefined) return undefined;
  const which = broken.length === 1 ? "" : ` (one of ${broken.length} that are not ready)`;
  return {
    pod: worst,
    message: `pod ${worst.metadata.name ?? ""}${which}: ${assessPod(worst).message}`,
    container: findContainerProblem(worst),
    vague: rankOf(worst) === vagueRank,
  };
}

const vagueRank = 3;

function rankOf(pod: KubeObject): number {
  if (findContainerProblem(pod) !== undefined) return 0;
  if (conditionOf(pod, "PodScheduled")?.status === "False") return 1;
  return textAt(statusFields(pod), "phase") === "Failed" ? 2 : vagueRank;
}

function createdAt({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? "";
}
