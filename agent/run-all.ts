/** Runs `work` for all items, at most `limit` at a time, and returns the results in the items' order. */
export async function runAll<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  let next = 0;
  async function worker(): Promise<void> {
    for (;;) {
      const index = next++;
      const item = items[index];
      if (index >= items.length || item === undefined) return;
      results.set(index, await work(item));
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, () => worker()));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
