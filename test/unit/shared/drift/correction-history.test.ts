import { describe, expect, test } from "vitest";
import { addCorrection, type CorrectionHistory } from "../../../../shared/drift/correction-history.ts";

const minuteMs = 60_000;

function corrections(timesMs: readonly number[]): CorrectionHistory | undefined {
  return timesMs.reduce<CorrectionHistory | undefined>((before, at) => addCorrection(before, at), undefined);
}

describe("addCorrection", () => {
  test("lets four corrections in a row pass and pauses for a minute after the fifth", () => {
    expect(corrections([1, 2, 3, 4])).toMatchObject({ inARow: 4, pausedUntilMs: 0 });
    expect(corrections([1, 2, 3, 4, 5])).toMatchObject({ inARow: 5, pausedUntilMs: 5 + minuteMs });
  });

  test("sees a slow controller as well, which comes back every few minutes", () => {
    const times = [0, 1, 2, 3, 4].map((step) => step * 5 * minuteMs);
    expect(corrections(times)?.pausedUntilMs).toBe(21 * minuteMs);
  });

  test("pauses twice as long after each further one, up to an hour", () => {
    let history = corrections([1, 2, 3, 4, 5]);
    const pauses: number[] = [];
    for (let round = 0; round < 8; round++) {
      const at = history?.pausedUntilMs ?? 0;
      history = addCorrection(history, at);
      pauses.push((history.pausedUntilMs - at) / minuteMs);
    }
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test("begins anew when an object stayed as it should be for ten minutes after the last pause", () => {
    const paused = corrections([1, 2, 3, 4, 5]);
    const calm = addCorrection(paused, (paused?.pausedUntilMs ?? 0) + 10 * minuteMs + 1);
    expect(calm).toEqual({ inARow: 1, lastMs: expect.any(Number), pauses: 0, pausedUntilMs: 0 });
  });
});
