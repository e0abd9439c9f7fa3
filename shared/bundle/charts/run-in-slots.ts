/** Runs a task as soon as one of the slots is free, in the order of the calls. */
export type RunInSlot = <T>(task: () => Promise<T>) => Promise<T>;

/** Returns a runner of at most `count` tasks at a time. */
export function createSlots(count: number): RunInSlot {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
