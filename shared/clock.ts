/** The time, passed in so that tests can fix it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Returns the clock's time as ISO 8601 with milliseconds, in UTC. */
export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
