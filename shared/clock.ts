/** The time, passed in so that tests can fix it. */
export interface Clock {
  /** Milliseconds since 1970: for what is shown, kept, or compared with others' times. It may be set, forward and back. */
  now(): number;
  /** Milliseconds that only rise, from no fixed origin: for how long something takes within this process. */
  elapsed(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

/** Returns the clock's time as ISO 8601 with milliseconds, in UTC. */
export function isoTime(clock: Pick<Clock, "now">): string {
  return new Date(clock.now()).toISOString();
}
