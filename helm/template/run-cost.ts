import type { Run } from "./scope.ts";

/** A run that would pass a limit inside of a function; the evaluator knows the place and words the error. */
export class CostExceeded extends Error {
  readonly limit: "time" | "steps" | "output";

  constructor(limit: "time" | "steps" | "output", what: string) {
    super(what);
    this.name = "CostExceeded";
    this.limit = limit;
  }
}

const stepsBetweenChecks = 1024;
/** What a value in a list or map takes in memory, roughly. */
const bytesPerValue = 64;

// Rendering never waits, so there is one run at a time: functions deep below need no way to be handed theirs.
let current: Run | undefined;

/** Returns the milliseconds that this process has run: what `performance` says, without the modules that come with it. */
export function elapsedMs(): number {
  return process.uptime() * 1000;
}

/** Runs a function with its work counted against the limits of a run. */
export function withRun<T>(run: Run, execute: () => T): T {
  const outer = current;
  current = run;
  try {
    return execute();
  } finally {
    current = outer;
  }
}

/** Counts steps of a run; throws `CostExceeded` when it has taken too many or too long. */
export function countSteps(run: Run, steps: number): void {
  run.steps += steps;
  if (run.steps < run.nextCheck) return;
  run.nextCheck = run.steps + stepsBetweenChecks;
  if (run.steps > run.limits.steps) throw new CostExceeded("steps", `more than ${run.limits.steps} steps`);
  if (elapsedMs() > run.deadlineMs) throw new CostExceeded("time", `more than ${run.limits.timeMs} ms`);
}

/** Counts what a run has made; throws `CostExceeded` when it is too much. */
export function countBytes(run: Run, bytes: number): void {
  run.produced += bytes;
  if (run.produced > run.limits.outputBytes) {
    throw new CostExceeded("output", `more than ${run.limits.outputBytes} bytes of text`);
  }
}

/** Counts values that a function reads or makes, one step and some memory each; outside of a run nothing is counted. */
export function spendValues(count: number): void {
  if (current === undefined) return;
  countSteps(current, count);
  countBytes(current, count * bytesPerValue);
}

/** Counts work that takes as long as so many steps (about 100 ns each) and can end by nothing but itself. */
export function spendSteps(steps: number): void {
  if (current !== undefined) countSteps(current, steps);
}
