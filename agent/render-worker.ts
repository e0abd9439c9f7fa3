import { parentPort, workerData } from "node:worker_threads";
import { toAppError } from "../shared/errors.ts";
import { renderObjects } from "../shared/render/render-objects.ts";
import { templateValues } from "../shared/targeting/template-values.ts";
import type { WorkerAnswer, WorkerInput } from "./render-in-worker.ts";

/** Program of a render thread: renders what it was started with, answers, ends. */
function answer({ input, scopes }: WorkerInput): WorkerAnswer {
  try {
    // One missing label fails this bundle on this cluster, nothing else.
    const options = templateValues(input.options, input.facts);
    const {
      objects,
      hooks,
      warnings,
      random = [],
    } = renderObjects({
      ...input,
      options,
      apiVersions: apiVersionsOf(scopes),
      scopeOf: (apiVersion, kind) => scopes.get(`${apiVersion}/${kind}`),
    });
    return { type: "rendered", objects, hooks, warnings, random };
  } catch (error) {
    const { code, message, verdict } = toAppError(error);
    return { type: "failed", code, message, verdict };
  }
}

/** Helm lists what a cluster serves as group versions and as group versions with kinds. */
function apiVersionsOf(scopes: WorkerInput["scopes"]): string[] {
  const kinds = [...scopes.keys()];
  return [...new Set(kinds.map((name) => name.slice(0, name.lastIndexOf("/")))), ...kinds];
}

const work: WorkerInput = workerData;
parentPort?.postMessage(answer(work), []);
