/** What goes wrong again and again is logged this often. */
const intervalMs = 60_000;

/** Says whether a line about a matter may be logged now. */
export type LineLimit = (matter: string) => boolean;

/** Returns a limit that lets through one line a minute, by a clock that only rises, for each matter; matters are few, such as error codes. */
export function limitLines(elapsedMs: () => number = () => performance.now()): LineLimit {
  const loggedAtMs = new Map<string, number>();
  return (matter) => {
    const now = elapsedMs();
    if (now - (loggedAtMs.get(matter) ?? -Infinity) < intervalMs) return false;
    loggedAtMs.set(matter, now);
    return true;
  };
}
