import { randomUUID } from "node:crypto";
import type { RunClock } from "./run-clock.ts";
import type { HookOccasion } from "../../shared/render/hooks/plan-hooks.ts";

/** An object that was made for a hook. */
export interface MadeHook {
  /** The server's, where the hook has only `generateName`. */
  readonly name: string;
  readonly uid: string;
}

/**
 * How far a deployment has come that is begun and not applied whole, or a removal with hooks. It is kept with the
 * inventory, so that an agent that was killed goes on where it was: a hook that has ended is not run again, none is left out.
 */
export interface HookRun {
  /** Drawn at random when the run begins: it tells the run's objects from those of any other. */
  readonly id: string;
  readonly deploymentId: string;
  readonly renderDigest: string;
  readonly occasion: HookOccasion;
  /** Hooks before, the objects themselves, hooks after; `again`: the objects once more, all hooks have run. */
  readonly stage: "before" | "objects" | "after" | "again";
  /** When the stage began, ISO 8601. */
  readonly since: string;
  /** Tries of this stage's hooks that failed; a try begins with the first hook, since the failed one may need the others. */
  readonly failures: number;
  readonly failed?: HookFailure | undefined;
  /** Objects of the hooks that have succeeded in this try, in the order of the hooks. */
  readonly done: readonly MadeHook[];
  /** The hook after those: made, its end not seen. */
  readonly current?: (MadeHook & { readonly since: string }) | undefined;
}

/** Why the latest try failed, and when the next one begins. */
export interface HookFailure {
  readonly message: string;
  /** ISO 8601. */
  readonly retryAt: string;
}

/** Returns a run that begins now, with an ID of its own. */
export function beginRun(
  clock: RunClock,
  of: Pick<HookRun, "deploymentId" | "renderDigest" | "occasion" | "stage">,
): HookRun {
  return { ...of, id: randomUUID(), since: clock.begin(), failures: 0, done: [] };
}

/** Returns a run as its next stage begins now. */
export function nextStage(clock: RunClock, run: HookRun, stage: HookRun["stage"]): HookRun {
  return { ...run, stage, since: clock.begin(), failures: 0, failed: undefined, done: [], current: undefined };
}
