import { backoffMs, type Backoff } from "./backoff.ts";
import type { AppError } from "./errors.ts";

/** When a key that failed runs again; `never` until somebody adds it anew. */
export type Requeue = { readonly type: "after"; readonly afterMs: number } | { readonly type: "never" };

/**
 * Returns when to retry after an error, by its verdict: `stalled` waits for a change by a person, `waiting` comes back
 * after the error's own time, `transient` backs off with the number of failures in a row (`attempt`, from 1).
 */
export function decideRequeue(error: AppError, attempt: number, backoff: Backoff): Requeue {
  switch (error.verdict) {
    case "stalled":
      return { type: "never" };
    case "waiting":
      return { type: "after", afterMs: error.afterMs ?? backoff.maxMs };
    case "transient":
      return { type: "after", afterMs: Math.max(error.afterMs ?? 0, backoffMs(attempt, backoff)) };
  }
}
