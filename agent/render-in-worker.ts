import { Worker } from "node:worker_threads";
import type { RandomTape } from "../helm/functions/random-tape.ts";
import type { KubeObject } from "../shared/api/meta.ts";
import { AppError, type ErrorCode, errorCodes } from "../shared/errors.ts";
import type { Hook } from "../shared/render/hooks/hook.ts";
import type { RenderInput } from "../shared/render/render-objects.ts";
import type { KindScope } from "../shared/render/built-in-kinds.ts";

/** What a render worker is given: plain data. */
export interface WorkerInput {
  readonly input: Omit<RenderInput, "scopeOf">;
  /** `apiVersion/Kind` → scope, as the cluster serves it. */
  readonly scopes: ReadonlyMap<string, KindScope>;
}

/** Objects, hooks, what a person should know, and what random functions gave. */
export interface WorkerResult {
  readonly objects: readonly KubeObject[];
  readonly hooks: readonly Hook[];
  readonly warnings: readonly string[];
  readonly random: RandomTape;
}

/** What it answers: objects, or the fault in plain data. */
export type WorkerAnswer =
  | ({ readonly type: "rendered" } & WorkerResult)
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly verdict: AppError["verdict"] };

/** Bounds of one render. */
export interface RenderBounds {
  readonly timeoutMs: number;
  readonly maxHeapMb: number;
}

/** Returns the address of the worker's program beside this one, as source or as bundled JavaScript. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./render-worker.ts" : "./render-worker.mjs", import.meta.url);
}

/**
 * Renders in a thread of its own that ends afterwards: templates are programs of somebody else, which may run for ever
 * or eat memory. Throws what rendering throws, and `RENDER_LIMIT` beyond the bounds.
 */
export async function renderInWorker(work: WorkerInput, bounds: RenderBounds): Promise<WorkerResult> {
  const worker = new Worker(workerUrl(), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: bounds.maxHeapMb, stackSizeMb: 4 },
    env: {},
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(limitError(work, `took longer than ${bounds.timeoutMs} ms`)), bounds.timeoutMs);
      worker.once("message", resolve);
      worker.once("error", (error) => reject(workerError(work, error, bounds)));
      worker.once("exit", () => reject(limitError(work, "ended without an answer")));
    });
    if (answer.type === "rendered") return answer;
    throw new AppError(readCode(answer.code), answer.message, { verdict: answer.verdict });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function workerError({ input }: WorkerInput, error: Error & { code?: string }, bounds: RenderBounds): AppError {
  if (error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new AppError("RENDER_LIMIT", `bundle ${input.bundle}: rendering took more than ${bounds.maxHeapMb} MB`, {
      verdict: "stalled",
    });
  }
  return new AppError("INTERNAL", error.message, { cause: error });
}

function limitError({ input }: WorkerInput, problem: string): AppError {
  return new AppError("RENDER_LIMIT", `bundle ${input.bundle}: rendering ${problem}`, { verdict: "stalled" });
}

function readCode(code: string): ErrorCode {
  return isErrorCode(code) ? code : "INTERNAL";
}

function isErrorCode(code: string): code is ErrorCode {
  return code in errorCodes;
}
