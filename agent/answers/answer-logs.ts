import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import type { Answer, PodLog } from "../../shared/protocol/answers.ts";
import type { Question } from "../../shared/protocol/questions.ts";
import { findContainerProblem } from "../../shared/status/health/container-problem.ts";
import { findPodProblem } from "../../shared/status/health/explain-pods.ts";
import { listAt, specFields, textAt } from "../../shared/status/health/read-fields.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";
import { findPods, type LogWish, readLog } from "../reconcile/explain-health.ts";
import { type AnswerDeps, askedDeployment } from "./answer-deps.ts";
import { unhealthyObjects } from "./unhealthy-objects.ts";

/** Last lines of a container that are told. */
const maxLines = 20;

/** Containers of one pod whose logs are read. */
const maxContainers = 5;

/**
 * Returns the last lines of one pod of each object that is not ready: of the container that fails, else of all; lines of
 * the run before where it has been started anew. Throws KUBE_FORBIDDEN naming the missing right.
 */
export async function answerLogs(
  deps: AnswerDeps,
  question: Extract<Question, { readonly kind: "logs" }>,
  signal: AbortSignal,
): Promise<Answer> {
  const asked = askedDeployment(deps, question.bundle);
  const { objects, left } = await unhealthyObjects(deps, asked, { object: question.object, signal });
  const logs: PodLog[] = [];
  for (const { live } of objects) {
    signal.throwIfAborted();
    const pods = live === undefined ? undefined : await findPods(asked.client, live);
    const pod = findPodProblem(pods?.pods ?? [])?.pod ?? pods?.pods[0];
    if (pod === undefined) continue;
    for (const { container, previous } of containersOf(pod)) {
      logs.push(await readLines(asked.client, pod, { container, previous, lines: maxLines }));
    }
  }
  return { kind: "logs", logs, ...(left === 0 ? {} : { cut: left }) };
}

function containersOf(pod: KubeObject): readonly { readonly container: string; readonly previous: boolean }[] {
  const problem = findContainerProblem(pod);
  if (problem !== undefined) return [{ container: problem.container, previous: problem.restarting }];
  return listAt(specFields(pod), "containers")
    .slice(0, maxContainers)
    .map((container) => ({ container: textAt(container, "name"), previous: false }));
}

async function readLines(client: KubeClient, pod: KubeObject, wish: LogWish): Promise<PodLog> {
  const { namespace = "", name = "" } = pod.metadata;
  const about = { namespace, pod: name, container: wish.container, previous: wish.previous };
  try {
    const lines = await readLog(client, pod, wish);
    return { ...about, lines: lines.at(-1) === "" ? lines.slice(0, -1) : lines };
  } catch (error) {
    // A kubelet that is away, or a container that has not run yet, has no log; a missing right concerns all of them.
    if (!(error instanceof AppError) || hasCode(error, "KUBE_FORBIDDEN")) throw error;
    return { ...about, lines: [], message: error.message };
  }
}
