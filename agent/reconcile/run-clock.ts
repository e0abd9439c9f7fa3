import { type Clock, isoTime } from "../../shared/clock.ts";

/** A clock that knows how long ago something began, also when it is set anew meanwhile. */
export interface RunClock extends Clock {
  /** Returns the time as ISO 8601, to be kept, and remembers when in this process that was. */
  begin(): string;
  /**
   * Returns how many milliseconds ago something began, NaN where that is not said. What began in another process counts
   * by the machine's clock when it is first asked about, from then on as it passes; what lies in the future began now.
   */
  ageMs(since: string): number;
}

/** Beginnings that are remembered: far more than one process waits for at a time. */
const maxRemembered = 10_000;

/** Returns a run clock over a clock. */
export function createRunClock(clock: Clock): RunClock {
  const beganAt = new Map<string, number>();
  function remember(since: string, ageMs: number): void {
    beganAt.delete(since);
    beganAt.set(since, clock.elapsed() - ageMs);
    const [oldest] = beganAt.keys();
    if (beganAt.size > maxRemembered && oldest !== undefined) beganAt.delete(oldest);
  }
  return {
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    begin: () => {
      const since = isoTime(clock);
      remember(since, 0);
      return since;
    },
    ageMs: (since) => {
      if (!beganAt.has(since)) remember(since, Math.max(0, clock.now() - Date.parse(since)));
      return clock.elapsed() - (beganAt.get(since) ?? Number.NaN);
    },
  };
}
