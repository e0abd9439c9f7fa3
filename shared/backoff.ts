/** Bounds of an exponential backoff. */
export interface Backoff {
  /** Wait after the first failure. */
  readonly baseMs: number;
  /** The wait never grows beyond this. */
  readonly maxMs: number;
}

/**
 * Returns how long to wait after failure number `attempt` (from 1): doubling from `baseMs` up to `maxMs`, of which a
 * random half is taken away so that many clients do not come back together. `random` returns numbers in [0, 1).
 */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const full = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
