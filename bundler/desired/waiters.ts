import type { ClusterClass } from "./fleet.ts";

/** Agents whose check-in is held open until something changes for them. */
export interface Waiters {
  /** Resolves when the cluster is woken, `timeoutMs` have passed, or the signal is aborted. */
  wait(cluster: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
  wakeCluster(cluster: string): void;
  /** Wakes those members of the classes that wait, a slice at a time, so that a wide change does not stop the hub. */
  wakeClasses(classes: ReadonlySet<ClusterClass>): void;
  count(): number;
}

const sliceSize = 256;

/** Returns an empty waiting room. A cluster waits once: a newer check-in of the same agent ends the older one. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, () => void>();
  const wakeCluster = (cluster: string): void => waiting.get(cluster)?.();
  const wakeSlice = (names: string[]): void => {
    for (const name of names.splice(0, sliceSize)) wakeCluster(name);
    if (names.length > 0) setImmediate(wakeSlice, names);
  };
  return {
    count: () => waiting.size,
    wakeCluster,
    wakeClasses: (classes) => {
      const names = [...classes].flatMap(({ members }) =>
        members.size <= waiting.size
          ? [...members].filter((name) => waiting.has(name))
          : [...waiting.keys()].filter((name) => members.has(name)),
      );
      wakeSlice(names);
    },
    wait: async (cluster, timeoutMs, signal) => {
      wakeCluster(cluster);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(end, timeoutMs);
        function end(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          if (waiting.get(cluster) === end) waiting.delete(cluster);
          resolve();
        }
        if (signal.aborted) return end();
        signal.addEventListener("abort", end, { once: true });
        waiting.set(cluster, end);
      });
    },
  };
}
