import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { toAppError } from "../shared/errors.ts";
import { finishKustomize, prepareKustomize } from "../shared/render/chart/kustomize-chart.ts";
import { mergeClusterValues } from "../shared/render/chart/merge-cluster-values.ts";
import { renderChart } from "../shared/render/chart/render-chart.ts";
import { settleLookups } from "../shared/render/chart/settle-lookups.ts";
import { renderObjects } from "../shared/render/render-objects.ts";
import { templateValues } from "../shared/targeting/template-values.ts";
import type { WorkerAnswer, WorkerInput, WorkerQuestion, WorkerReply } from "./render-in-worker.ts";

/** Program of a render thread: renders what it was started with, asks for what it cannot know, answers, ends. */
async function answer({ input, values, lookups, scopes }: WorkerInput): Promise<WorkerAnswer> {
  try {
    // One missing label fails this bundle on this cluster, nothing else.
    const options = mergeClusterValues(templateValues(input.options, input.facts), values);
    const whole = {
      ...input,
      options,
      apiVersions: apiVersionsOf(scopes),
      scopeOf: (apiVersion: string, kind: string) => scopes.get(`${apiVersion}/${kind}`),
    };
    const { result: first, answers } = await settleLookups(
      (lookup) => prepareKustomize({ ...whole, lookup }, renderChart) ?? renderObjects({ ...whole, lookup }),
      lookups,
      async (queries) => {
        const reply = await ask({ type: "lookups", queries });
        return reply.type === "lookups" ? reply.answers : [];
      },
    );
    if ("objects" in first) return { type: "rendered", random: [], ...first, lookups: answers };
    const { content, dir } = first;
    const reply = await ask({ type: "kustomize", content, dir });
    const kustomized = finishKustomize(first, reply.type === "kustomize" ? reply.output : "");
    return { type: "rendered", random: [], ...renderObjects({ ...whole, kustomized }), lookups: answers };
  } catch (error) {
    const { code, message, verdict, afterMs } = toAppError(error);
    return { type: "failed", code, message, verdict, afterMs };
  }
}

/** The thread that started this one answers, or ends this one. */
async function ask(question: WorkerQuestion): Promise<WorkerReply> {
  if (parentPort === null) throw new Error("the render thread was started without a parent");
  parentPort.postMessage(question, []);
  const [reply] = await once(parentPort, "message");
  return reply;
}

/** Helm lists what a cluster serves as group versions and as group versions with kinds. */
function apiVersionsOf(scopes: WorkerInput["scopes"]): string[] {
  const kinds = [...scopes.keys()];
  return [...new Set(kinds.map((name) => name.slice(0, name.lastIndexOf("/")))), ...kinds];
}

const work: WorkerInput = workerData;
parentPort?.postMessage(await answer(work), []);
