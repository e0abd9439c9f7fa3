/** When memory that work has left behind is given back. */
export interface QuietCollectorOptions {
  /** Collects garbage, for some tens of milliseconds. Absent: nothing is ever done. */
  readonly collect: (() => void) | undefined;
  /** How long nothing may have happened. */
  readonly quietMs: number;
  /** Least time between two collections. */
  readonly leastMs: number;
}

/** Collects garbage once work has ended. */
export interface QuietCollector extends Disposable {
  /** Work was done: garbage is collected when no more follows. */
  noteWork(): void;
}

/**
 * Returns a collector for a process that is idle most of the time: V8 collects when memory is allocated, so what the last
 * work left would stay until the next.
 */
export function collectWhenQuiet({ collect, quietMs, leastMs }: QuietCollectorOptions): QuietCollector {
  let timer: NodeJS.Timeout | undefined;
  let workedAtMs = 0;
  let collectedAtMs = -Infinity;

  function schedule(): void {
    const dueMs = Math.max(workedAtMs + quietMs, collectedAtMs + leastMs);
    timer = setTimeout(look, Math.max(1, dueMs - performance.now()));
    timer.unref();
  }

  function look(): void {
    timer = undefined;
    if (performance.now() - workedAtMs < quietMs) return schedule();
    collect?.();
    collectedAtMs = performance.now();
  }

  return {
    noteWork: () => {
      if (collect === undefined) return;
      workedAtMs = performance.now();
      if (timer === undefined) schedule();
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
