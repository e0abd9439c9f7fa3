import { RenderMemory } from "./render-memory.ts";
import { defaultLimits, type ExecuteOptions, type Run } from "./scope.ts";

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
/** A text from this length on is looked at as work by itself. */
const longText = 64 * 1024;
const nanosecondsPerMs = 1_000_000;

// Rendering never waits, so there is one run at a time: functions deep below need no way to be handed theirs.
let current: Run | undefined;

/** Returns the CPU time in milliseconds that this thread has used, the waits of its agent or machine left out. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Returns the state of a run that starts now. */
export function createRun(options: ExecuteOptions): Run {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    options,
    limits,
    deadlineMs: threadCpuMs() + limits.cpuMs,
    chanceMs: 0,
    badLuckMs: 0,
    steps: 0,
    nextCheck: 0,
    depth: 0,
    produced: 0,
    changes: 0,
    memory: new RenderMemory(),
    written: new Map(),
    included: new Map(),
  };
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
  checkTime(run, 0);
}

/** Throws `CostExceeded` when the time of a run is used up, or would be after work of so many milliseconds. */
export function checkTime(run: Run, expectedMs: number): void {
  const nowMs = threadCpuMs();
  if (nowMs + expectedMs <= run.deadlineMs) return;
  const basis = nowMs > run.deadlineMs ? "" : ", by estimate";
  throw new CostExceeded("time", `more than ${run.limits.cpuMs} ms of CPU time${basis}`);
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

/**
 * Called before work on a text that can end by nothing but itself: where the text is long, throws `CostExceeded` unless there
 * is time for so many nanoseconds a character. Short texts are left to the count of steps.
 */
export function expectText(length: number, nanosecondsPerCharacter: number): void {
  if (current === undefined || length < longText) return;
  checkTime(current, (length * nanosecondsPerCharacter) / nanosecondsPerMs);
}

/** Called before work that takes about so many milliseconds; throws `CostExceeded` when there is no time left for it. */
export function expectTime(expectedMs: number): void {
  if (current !== undefined) checkTime(current, expectedMs);
}

/**
 * Does work that takes so many milliseconds on average, and counts it as just that while such work is less than half of the
 * limit: a chart that makes a key must not fail because the search for its primes had bad luck. Beyond that it is counted as it
 * is, and twice the time must be left. Throws `CostExceeded` before it when there is no time left for it.
 */
export function atMeanTime<T>(meanMs: number, work: () => T): T {
  const run = current;
  if (run === undefined) return work();
  run.chanceMs += meanMs;
  const isOfFew = run.chanceMs <= run.limits.cpuMs / 2;
  checkTime(run, isOfFew ? meanMs : run.badLuckMs + 2 * meanMs);
  const start = threadCpuMs();
  const result = work();
  if (isOfFew) {
    const more = threadCpuMs() - start - meanMs;
    run.deadlineMs += more;
    run.badLuckMs += more;
  }
  return result;
}
