import type { Clock } from "../../shared/clock.ts";

/** A clock that runs as the machine's and can be set: what only rises goes on as before. */
export interface MovableClock extends Clock {
  /** Sets the time by so many milliseconds, forward or back. */
  set(byMs: number): void;
}

/** Returns a clock that is right at first. */
export function createMovableClock(): MovableClock {
  let offMs = 0;
  return {
    now: () => Date.now() + offMs,
    elapsed: () => performance.now(),
    set: (byMs) => {
      offMs += byMs;
    },
  };
}
