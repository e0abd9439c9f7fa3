import type { ClusterClass } from "./fleet.ts";

/** Agents whose check-in is held open until something changes for them. */
export interface Waiters {
  /**
   * Resolves when the cluster is woken, `timeoutMs` have passed, or the signal is aborted; `false`: too many check-ins
   * of one cluster wait, and this was the oldest: it is to be answered, not to wait again.
   */
  wait(cluster: string, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  wakeCluster(cluster: string): void;
  /** Wakes those members of the classes that wait, a slice at a time, so that a wide change does not stop the hub. */
  wakeClasses(classes: ReadonlySet<ClusterClass>): void;
  /** How many check-ins wait. */
  count(): number;
}

const sliceSize = 256;
/** An agent that restarts behind a proxy leaves a check-in behind; more than a few are a fault or an attack. */
const waitingPerCluster = 4;

type End = (mayWaitAgain: boolean) => void;

/** Returns an empty waiting room. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<End>>();
  let count = 0;
  const wakeCluster = (cluster: string): void => {
    for (const end of waiting.get(cluster) ?? []) end(true);
  };
  const wakeSlice = (names: string[]): void => {
    for (const name of names.splice(0, sliceSize)) wakeCluster(name);
    if (names.length > 0) setImmediate(wakeSlice, names);
  };
  const enter = (cluster: string, end: End): void => {
    const together = waiting.get(cluster) ?? new Set<End>();
    waiting.set(cluster, together.add(end));
    count++;
    const [oldest] = together;
    if (together.size > waitingPerCluster) oldest?.(false);
  };
  const leave = (cluster: string, end: End): void => {
    const together = waiting.get(cluster);
    if (together?.delete(end) !== true) return;
    count--;
    if (together.size === 0) waiting.delete(cluster);
  };
  return {
    count: () => count,
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
      if (signal.aborted) return true;
      return new Promise<boolean>((resolve) => {
        const timer = setTimeout(end, timeoutMs, true);
        const aborted = (): void => end(true);
        function end(mayWaitAgain: boolean): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", aborted);
          leave(cluster, end);
          resolve(mayWaitAgain);
        }
        signal.addEventListener("abort", aborted, { once: true });
        enter(cluster, end);
      });
    },
  };
}
