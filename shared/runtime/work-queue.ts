import type { Backoff } from "../backoff.ts";
import { decideRequeue } from "../decide-requeue.ts";
import { toAppError, type AppError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { ControllerMetrics } from "./metrics.ts";

/** What a work queue is made from. */
export interface WorkQueueOptions {
  /** Name in logs. */
  readonly name: string;
  /** Does the work of one key. A throw is retried as its verdict says; `{ afterMs }` runs the key again later. */
  readonly run: (key: string, signal: AbortSignal) => Promise<{ readonly afterMs: number } | void>;
  /** Keys that run at the same time. One key never runs twice at once. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  readonly log: Logger;
  readonly metrics?: ControllerMetrics;
  /** Told of each error, after it was logged. */
  readonly onError?: (key: string, error: AppError) => void;
}

/** Runs keys one at a time each, several keys side by side; adding a key that waits already changes nothing. */
export interface WorkQueue extends AsyncDisposable {
  /** Runs the key as soon as there is room, or after `delayMs`; the earlier time wins. */
  add(key: string, delayMs?: number): void;
  /** Forgets a waiting key and its failures; a run under way goes on. */
  drop(key: string): void;
  /** Number of keys waiting (timers included) or running. */
  size(): number;
}

interface Entry {
  dueMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** Node runs a timer that is to last longer at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Returns a running queue; disposing aborts the runs' signal and waits for them. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { log, metrics } = options;
  const waiting = new Map<string, Entry>();
  const ready = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  const abort = new AbortController();

  function makeReady(key: string): void {
    waiting.delete(key);
    ready.add(key);
    startNext();
  }

  function add(key: string, delayMs = 0): void {
    if (abort.signal.aborted || ready.has(key)) return;
    const dueMs = performance.now() + delayMs;
    const entry = waiting.get(key);
    if (entry !== undefined && entry.dueMs <= dueMs) return;
    clearTimeout(entry?.timer);
    if (delayMs <= 0) {
      makeReady(key);
      return;
    }
    waiting.set(key, { dueMs, timer: setTimeout(() => makeReady(key), Math.min(delayMs, longestTimerMs)) });
  }

  function startNext(): void {
    for (const key of ready) {
      if (running.size >= options.concurrency || abort.signal.aborted) break;
      if (running.has(key)) continue;
      ready.delete(key);
      running.set(
        key,
        Promise.resolve().then(() => runKey(key)),
      );
    }
    metrics?.setDepth(ready.size);
  }

  async function runKey(key: string): Promise<void> {
    const startMs = performance.now();
    let result: "ok" | "error" = "ok";
    try {
      const again = await options.run(key, abort.signal);
      failures.delete(key);
      if (again !== undefined) add(key, again.afterMs);
    } catch (error) {
      result = "error";
      retryAfter(key, toAppError(error));
    } finally {
      metrics?.observeRun(result, performance.now() - startMs);
      running.delete(key);
      startNext();
    }
  }

  function retryAfter(key: string, error: AppError): void {
    if (abort.signal.aborted) return;
    const attempt = (failures.get(key) ?? 0) + 1;
    failures.set(key, attempt);
    const fields = { controller: options.name, key, code: error.code, attempt, err: error };
    if (error.code === "INTERNAL") log.error(fields, "run failed");
    else log.warn(fields, "run failed");
    options.onError?.(key, error);
    const requeue = decideRequeue(error, attempt, options.backoff);
    if (requeue.type === "never") return;
    metrics?.observeRetry();
    add(key, requeue.afterMs);
  }

  return {
    add,
    drop: (key) => {
      clearTimeout(waiting.get(key)?.timer);
      waiting.delete(key);
      ready.delete(key);
      failures.delete(key);
    },
    size: () => waiting.size + ready.size + running.size,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      for (const entry of waiting.values()) clearTimeout(entry.timer);
      waiting.clear();
      ready.clear();
      await Promise.all(running.values());
    },
  };
}
