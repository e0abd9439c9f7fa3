/** A bounded queue between one writer that never waits and one reader that does. */
export interface EventQueue<T> {
  /** Adds an item; when the reader is `limit` items behind, the queue ends with `lagged()` instead. */
  push(item: T): void;
  /** Ends the queue: what is in it is still read, then the reader sees the end, or `error`. */
  end(error?: Error): void;
  /** Whether nothing waits to be read. */
  isEmpty(): boolean;
  /** Reads until the end; may be used once. */
  read(): AsyncGenerator<T, void, undefined>;
}

/** Returns an empty queue. */
export function createEventQueue<T>(limit: number, lagged: () => Error): EventQueue<T> {
  let items: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  function end(error?: Error): void {
    if (ended) return;
    ended = true;
    failure = error;
    wake?.();
  }

  function push(item: T): void {
    if (ended) return;
    if (items.length >= limit) {
      items = [];
      end(lagged());
      return;
    }
    items.push(item);
    wake?.();
  }

  async function* read(): AsyncGenerator<T, void, undefined> {
    while (true) {
      const batch = items;
      items = [];
      yield* batch;
      if (items.length > 0) continue;
      if (ended) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
    if (failure !== undefined) throw failure;
  }

  return { push, end, isEmpty: () => items.length === 0, read };
}
