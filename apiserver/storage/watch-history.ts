import type { EventHistory, RecordedChange } from "./event-history.ts";
import { createEventQueue } from "./event-queue.ts";
import type { StoreEvent, WatchRequest } from "./object-store.ts";
import { badResourceVersion, expiredVersion } from "./store-errors.ts";

/** The changes of a store and where they have got to. */
export interface WatchSource {
  readonly history: EventHistory;
  readonly version: () => number;
  /** How many changes a reader may lag behind. */
  readonly maxLag: number;
}

/** Returns the changes after the requested version, first those remembered, then new ones; throws Expired (410). */
export function watchHistory(
  source: WatchSource,
  request: WatchRequest,
  signal: AbortSignal,
): AsyncIterable<StoreEvent> {
  const from = Number(request.fromResourceVersion);
  if (!Number.isSafeInteger(from) || from < 0) throw badResourceVersion(request.fromResourceVersion);
  const remembered = source.history.after(from);
  // A version from the future comes from another life of the store: its reader must list again.
  if (remembered === undefined || from > source.version()) throw expiredVersion(from, source.version());

  const queue = createEventQueue<StoreEvent>(source.maxLag, () => expiredVersion(from, source.version()));
  const isWanted = ({ resource, namespace }: RecordedChange): boolean =>
    resource === request.resource && (request.namespace === undefined || namespace === request.namespace);
  const offer = (recorded: RecordedChange): void => {
    if (recorded.version > from && isWanted(recorded)) queue.push(recorded.change);
  };
  for (const recorded of remembered) offer(recorded);
  const stopListening = source.history.listen(offer);
  const stopProgress = reportProgress(request, () => {
    if (queue.isEmpty()) queue.push({ type: "progress", resourceVersion: String(source.version()) });
  });
  const stop = (): void => {
    stopListening();
    stopProgress();
    queue.end();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return queue.read();
}

function reportProgress(request: WatchRequest, report: () => void): () => void {
  if (request.progressEveryMs === undefined) return () => undefined;
  const timer = setInterval(report, request.progressEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
