import type { ResourceKey, StoreChange } from "./object-store.ts";

/** A change with where it happened. */
export interface RecordedChange {
  readonly version: number;
  readonly resource: ResourceKey;
  readonly namespace: string;
  readonly key: string;
  readonly change: StoreChange;
}

/** The last changes of a store, oldest first, and whoever wants to hear of new ones. */
export interface EventHistory {
  /** Records a change and tells every listener, before it returns. */
  append(recorded: RecordedChange): void;
  /** Returns the changes after `version`, or undefined when some of them are no longer remembered. */
  after(version: number): readonly RecordedChange[] | undefined;
  /** Forgets the changes up to `version`. */
  forget(version: number): void;
  /** Calls `listener` for every later change; the returned function ends that. */
  listen(listener: (recorded: RecordedChange) => void): () => void;
}

/** Returns an empty history that remembers at least the last `size` changes of a store whose first version is `start`. */
export function createEventHistory(size: number, start: number): EventHistory {
  const listeners = new Set<(recorded: RecordedChange) => void>();
  let changes: RecordedChange[] = [];
  let forgotten = start;

  function append(recorded: RecordedChange): void {
    changes.push(recorded);
    if (changes.length > size * 2) {
      forgotten = changes[changes.length - size - 1]?.version ?? forgotten;
      changes = changes.slice(-size);
    }
    for (const listener of listeners) listener(recorded);
  }

  function after(version: number): readonly RecordedChange[] | undefined {
    if (version < forgotten) return undefined;
    return changes.slice(firstAfter(changes, version));
  }

  function forget(version: number): void {
    changes = changes.slice(firstAfter(changes, version));
    forgotten = Math.max(forgotten, version);
  }

  function listen(listener: (recorded: RecordedChange) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { append, after, forget, listen };
}

/** Returns the index of the first change with a version above the given one (binary search). */
function firstAfter(changes: readonly RecordedChange[], version: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const change = changes[middle];
    if (change !== undefined && change.version <= version) low = middle + 1;
    else high = middle;
  }
  return low;
}
