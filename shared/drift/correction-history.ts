/** How often one object was put back, and until when it is left alone because somebody else keeps changing it. */
export interface CorrectionHistory {
  /** Corrections in a row: each soon after the one before. */
  readonly inARow: number;
  readonly lastMs: number;
  readonly pauses: number;
  readonly pausedUntilMs: number;
}

/** Corrections in a row after which somebody else is at work: fighting then only costs. */
const maxInARow = 5;

/** An object that stays as it should be for so long is not fought over. */
const calmMs = 10 * 60_000;

const firstPauseMs = 60_000;
const longestPauseMs = 60 * 60_000;

/**
 * Returns the history after one more correction at `nowMs` (milliseconds of a clock that only rises). After five in a row the object is left alone for
 * a minute, and after each further one for twice as long, up to an hour.
 */
export function addCorrection(before: CorrectionHistory | undefined, nowMs: number): CorrectionHistory {
  const calmAfterMs = Math.max(before?.lastMs ?? 0, before?.pausedUntilMs ?? 0) + calmMs;
  if (before === undefined || nowMs > calmAfterMs) return { inARow: 1, lastMs: nowMs, pauses: 0, pausedUntilMs: 0 };
  const inARow = before.inARow + 1;
  if (inARow < maxInARow) return { ...before, inARow, lastMs: nowMs };
  const pauseMs = Math.min(firstPauseMs * 2 ** before.pauses, longestPauseMs);
  return { inARow, lastMs: nowMs, pauses: before.pauses + 1, pausedUntilMs: nowMs + pauseMs };
}
