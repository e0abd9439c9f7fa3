import { backoffMs } from "../../shared/backoff.ts";

/** What decides when a remote is asked again. */
export interface PollState {
  /** Shortest interval of all who follow the remote; undefined when nobody wants it polled. */
  readonly intervalMs: number | undefined;
  /** Failures in a row. */
  readonly failures: number;
  /** Since when a webhook's commit is waited for that the server does not show yet. */
  readonly expectingForMs: number | undefined;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Milliseconds for which a commit that a webhook announced is waited for. */
export const expectingLimitMs = 30_000;
const failureBackoff = { baseMs: 1000, maxMs: 300_000 };

/**
 * Returns the wait before the next look in milliseconds, undefined for none: the interval plus up to 10 % (as Fleet's),
 * after failures a backoff that is never shorter, and a quick look again (for up to 30 s) while a webhook has announced
 * what a lagging replica does not show.
 */
export function planNextPoll(state: PollState): number | undefined {
  const { intervalMs, failures, expectingForMs, random } = state;
  const regular = intervalMs === undefined ? undefined : Math.round(intervalMs * (1 + random() / 10));
  if (failures > 0) {
    const backoff = backoffMs(failures, failureBackoff, random);
    return regular === undefined ? backoff : Math.max(regular, backoff);
  }
  if (expectingForMs === undefined || expectingForMs >= expectingLimitMs) return regular;
  const quick = Math.min(2000, Math.max(100, expectingForMs / 2));
  return regular === undefined ? quick : Math.min(regular, quick);
}
