import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { RandomTape } from "../helm/functions/random-tape.ts";
import type { Content } from "../shared/api/content.ts";
import { AppError, type ErrorCode, errorCodes } from "../shared/errors.ts";
import type { ClusterValues } from "../shared/render/chart/merge-cluster-values.ts";
import type { LookupAnswer, LookupQuery } from "../shared/render/chart/lookup-answer.ts";
import type { RenderInput, RenderResult } from "../shared/render/render-objects.ts";
import type { KindScope } from "../shared/render/built-in-kinds.ts";

/** What a render worker is given: plain data. */
export interface WorkerInput {
  readonly input: Omit<RenderInput, "scopeOf" | "lookup">;
  /** Values read in the cluster, to be merged over those of the options. */
  readonly values: readonly ClusterValues[];
  /** What is known of what templates look up. */
  readonly lookups: readonly LookupAnswer[];
  /** `apiVersion/Kind` → scope, as the cluster serves it. */
  readonly scopes: ReadonlyMap<string, KindScope>;
}

/** What was rendered, what random functions gave, and the lookups that it rests on. */
export interface WorkerResult extends RenderResult {
  readonly random: RandomTape;
  readonly lookups: readonly LookupAnswer[];
}

/** What a render cannot know by itself. */
export type WorkerQuestion =
  | { readonly type: "lookups"; readonly queries: readonly LookupQuery[] }
  | { readonly type: "kustomize"; readonly content: Content; readonly dir: string };

/** What it is told then. */
export type WorkerReply =
  | { readonly type: "lookups"; readonly answers: readonly LookupAnswer[] }
  | { readonly type: "kustomize"; readonly output: string };

/** What it comes to: objects, or the fault in plain data. */
export type WorkerAnswer =
  | ({ readonly type: "rendered" } & WorkerResult)
  | {
      readonly type: "failed";
      readonly code: string;
      readonly message: string;
      readonly verdict: AppError["verdict"];
      readonly afterMs: number | undefined;
    };

/** Bounds of one render. */
export interface RenderBounds {
  /** Time by the clock, waits for answers left out: the thread is ended when even its own limits do not end it. */
  readonly timeoutMs: number;
  /** CPU time of a chart, which ends with the place in its templates. */
  readonly cpuMs: number;
  readonly maxHeapMb: number;
}

/** Answers the questions of one render. */
export type AnswerQuestion = (question: WorkerQuestion) => Promise<WorkerReply>;

/** Returns the address of the worker's program beside this one, as source or as bundled JavaScript. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./render-worker.ts" : "./render-worker.mjs", import.meta.url);
}

/** Returns an environment without anything of ours; where this process keeps what V8 compiles, the thread does too. */
function workerEnv(): Record<string, string> {
  const kept = getCompileCacheDir();
  return kept === undefined ? {} : { NODE_COMPILE_CACHE: dirname(kept) };
}

/**
 * Renders in a thread of its own that ends afterwards: templates are programs of somebody else, which may run for ever
 * or eat memory. Throws what rendering throws, what answering its questions throws, and `RENDER_LIMIT` beyond the bounds.
 */
export async function renderInWorker(
  work: WorkerInput,
  bounds: RenderBounds,
  answerQuestion: AnswerQuestion,
): Promise<WorkerResult> {
  // This process' own limit (`--max-old-space-size` of the image) would hold for the thread, and ours would not.
  setFlagsFromString("--max-old-space-size=0");
  const worker = new Worker(workerUrl(), {
    workerData: { ...work, input: { ...work.input, renderCpuMs: bounds.cpuMs } },
    resourceLimits: { maxOldGenerationSizeMb: bounds.maxHeapMb, stackSizeMb: 4 },
    env: workerEnv(),
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      const startTimer = (): void => {
        timer = setTimeout(() => reject(limitError(work, `took longer than ${bounds.timeoutMs} ms`)), bounds.timeoutMs);
      };
      const reply = async (question: WorkerQuestion): Promise<void> => {
        worker.postMessage(await answerQuestion(question), []);
        startTimer();
      };
      startTimer();
      worker.on("message", (message: WorkerAnswer | WorkerQuestion) => {
        clearTimeout(timer);
        if (message.type === "rendered" || message.type === "failed") resolve(message);
        else reply(message).catch(reject);
      });
      worker.once("error", (error) => reject(workerError(work, error, bounds)));
      worker.once("exit", () => reject(limitError(work, "ended without an answer")));
    });
    if (answer.type === "rendered") return answer;
    const { verdict, afterMs } = answer;
    const options = { verdict, ...(afterMs === undefined ? {} : { afterMs }) };
    throw new AppError(readCode(answer.code), answer.message, options);
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
