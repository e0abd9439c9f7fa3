import { sha256Hex } from "../../codec/stable-hash.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { describeEntry, entryOf, objectKey, refOf } from "../../shared/drift/inventory-entry.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { ObjectProblem } from "../../shared/protocol/deployment-status.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import { assessHook, type HookState } from "../../shared/status/health/assess-hook.ts";
import { closeHook, type HookObjectDeps, makeHook, readHook } from "./hook-object.ts";
import type { HookRun } from "./hook-run.ts";
import type { RunClock } from "./run-clock.ts";
import { whyJobFailed } from "./why-job-failed.ts";

/** The hooks of one stage, and what running them needs. */
export interface HookStage extends HookObjectDeps {
  /** In the order in which they run, ready to apply. */
  readonly hooks: readonly Hook[];
  /** Where the run is. */
  readonly run: HookRun;
  /** What is run: `pre-install`. */
  readonly event: string;
  readonly timeoutMs: number;
  readonly clock: RunClock;
  /** Makes a run durable; what follows may rely on it. */
  readonly save: (run: HookRun) => Promise<void>;
}

/** `waiting`: look again after `afterMs`; `for` says what it waits for. */
export type HookProgress =
  | { readonly type: "finished"; readonly run: HookRun }
  | { readonly type: "waiting"; readonly afterMs: number; readonly for: ObjectProblem };

const retry = { baseMs: 10_000, maxMs: 300_000 };
const poll = { minMs: 100, maxMs: 2000 };

/**
 * Runs the hooks of a stage one after the other, as far as they come without waiting. Called again it goes on where it
 * was, also in another process: each hook's object is recorded once it is made, and once it has ended. A hook that fails
 * ends the try with `HOOK_FAILED`; after a growing time the stage begins anew, as with Helm.
 */
export async function runHooks(stage: HookStage): Promise<HookProgress> {
  const { hooks } = stage;
  let run = await beginTry(stage);
  for (const hook of hooks.slice(run.done.length)) {
    const step = await orFail(stage, { hook, run }, () => lookAtHook(stage, hook, run));
    if (step.type === "leaving") {
      return waiting(stage, { hook, run, message: "waits until its last run's object is deleted" });
    }
    const { current, live } = step;
    const state = assessHook(live);
    if (run.current === undefined && state.type !== "succeeded") {
      run = { ...run, current };
      await stage.save(run);
      await stage.onStep("hook-recorded", objectKey(live));
    }
    if (state.type === "failed" || isLate(stage, state, current.since)) {
      const message = state.type === "failed" ? await describeFailure(stage, live, state.message) : late(stage);
      return fail(stage, { hook, run }, message);
    }
    if (state.type === "running") return waiting(stage, { hook, run, message: `runs since ${current.since}` });
    const { name, uid } = current;
    run = { ...run, done: [...run.done, { name, uid }], current: undefined };
    await stage.save(run);
    await stage.onStep("hook-ended", objectKey(live));
  }
  for (const [index, made] of [...run.done.entries()].toReversed()) {
    const hook = hooks[index];
    if (hook !== undefined) await closeHook(stage, { hook, made }, "hook-succeeded");
  }
  return { type: "finished", run };
}

/** Returns the run as the try begins or goes on; throws while the time after a failure is not over. */
async function beginTry(stage: HookStage): Promise<HookRun> {
  const { run, clock } = stage;
  if (run.failed === undefined) return run;
  const { message, retryAt } = run.failed;
  if (run.done.length > 0 || run.current !== undefined) await closeFailed(stage, run);
  const waitMs = Date.parse(retryAt) - clock.now();
  // A clock that was set back must not make it wait for days.
  if (waitMs > 0 && waitMs <= retry.maxMs) throw failure(message, waitMs);
  const fresh = { ...run, failed: undefined, done: [], current: undefined };
  await stage.save(fresh);
  return fresh;
}

type HookLook =
  | { readonly type: "leaving" }
  | { readonly type: "made"; readonly live: KubeObject; readonly current: NonNullable<HookRun["current"]> };

/** Returns the hook's object as it is now, made when it was not yet. */
async function lookAtHook(stage: HookStage, hook: Hook, run: HookRun): Promise<HookLook> {
  const { current } = run;
  if (current !== undefined) {
    const live = await readHook(stage, hook, current);
    if (live !== undefined) return { type: "made", live, current };
    throw new AppError("HOOK_FAILED", "it was deleted before its end was seen");
  }
  const making = await makeHook(stage, hook, markOf(run));
  if (making.type === "leaving") return making;
  const { name = "", uid = "" } = making.live.metadata;
  return { ...making, current: { name, uid, since: stage.clock.begin() } };
}

interface HookAt {
  readonly hook: Hook;
  readonly run: HookRun;
}

function waiting({ clock, event, hooks }: HookStage, at: HookAt & { readonly message: string }): HookProgress {
  const elapsedMs = clock.ageMs(at.run.current?.since ?? at.run.since);
  const afterMs = Math.min(poll.maxMs, Math.max(poll.minMs, elapsedMs / 5));
  const message = `${event} hook ${at.run.done.length + 1} of ${hooks.length} ${at.message}`;
  return { type: "waiting", afterMs, for: { ...refOf(at.hook.object), message } };
}

function isLate({ clock, timeoutMs }: HookStage, state: HookState, since: string): boolean {
  return state.type === "running" && clock.ageMs(since) > timeoutMs;
}

function late({ timeoutMs }: HookStage): string {
  return `it did not end within ${timeoutMs / 1000} s; mend it, or give it longer with helm.timeoutSeconds`;
}

async function describeFailure({ client }: HookStage, live: KubeObject, message: string): Promise<string> {
  const why = live.kind === "Job" ? await whyJobFailed(client, live) : "";
  return why === "" ? message : `${message} (${why})`;
}

/** Names the object of one hook in one try of one run. */
function markOf(run: HookRun): string {
  return sha256Hex([run.id, run.stage, run.failures, run.done.length].join(" ")).slice(0, 40);
}

/** What makes the API server unusable for a while says nothing about the hook. */
const passing = /^(?:KUBE_(?:UNREACHABLE|UNAVAILABLE|BUSY|UNAUTHORIZED)|INTERNAL)$/u;

async function orFail<Result>(stage: HookStage, at: HookAt, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const fault = toAppError(error);
    if (passing.test(fault.code)) throw fault;
    return fail(stage, at, fault.message);
  }
}

/** Records the failure, then tidies up as Helm does. Throws `HOOK_FAILED`. */
async function fail(stage: HookStage, { hook, run }: HookAt, problem: string): Promise<never> {
  const message = `${stage.event} hook ${describeEntry(entryOf(hook.object))}: ${problem}`;
  const failures = run.failures + 1;
  const waitMs = backoffMs(failures, retry);
  const retryAt = new Date(stage.clock.now() + waitMs).toISOString();
  const failed = { ...run, failures, failed: { message, retryAt } };
  await stage.save(failed);
  await stage.onStep("hook-failed", objectKey(hook.object));
  await closeFailed(stage, failed);
  throw failure(message, waitMs);
}

/** Deletes what the policies say: the failed one by `hook-failed`, those before it by `hook-succeeded`. */
async function closeFailed(stage: HookStage, run: HookRun): Promise<void> {
  const failed = stage.hooks[run.done.length];
  if (failed !== undefined && run.current !== undefined) {
    await closeHook(stage, { hook: failed, made: run.current }, "hook-failed");
  }
  for (const [index, made] of run.done.entries()) {
    const hook = stage.hooks[index];
    if (hook !== undefined) await closeHook(stage, { hook, made }, "hook-succeeded");
  }
  await stage.save({ ...run, done: [], current: undefined });
}

function failure(message: string, afterMs: number): AppError {
  return new AppError("HOOK_FAILED", message, { verdict: "waiting", afterMs });
}
