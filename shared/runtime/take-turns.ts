/** Does work after all work of the same key that was asked for before, and resolves or rejects as the work does. */
export type TakeTurns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Returns what does work of one key one after the other, in the order of asking; other keys do not wait. */
export function createTurns(): TakeTurns {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
