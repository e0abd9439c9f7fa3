import type { Clock } from "../../shared/clock.ts";
import type { Hub } from "../desired/hub.ts";
import type { StatusAnnouncer } from "./announce-status.ts";

/** What the watch over silent agents works with. */
export interface WatchSilenceDeps {
  readonly hub: Hub;
  readonly announcer: StatusAnnouncer;
  readonly clock: Clock;
  /** An agent that said nothing for this long is offline: what it last reported is shown as Unknown. */
  readonly offlineAfterMs: number;
}

/** Looks from time to time for agents that went silent; disposing ends it. */
export function watchSilence({ hub, announcer, clock, offlineAfterMs }: WatchSilenceDeps): Disposable {
  const timer = setInterval(
    () => {
      for (const workspace of hub.workspaces()) {
        const silent = workspace.status.markSilent(clock.elapsed() - offlineAfterMs);
        const classes = new Set(silent.flatMap((cluster) => workspace.status.partition.classOf(cluster) ?? []));
        if (silent.length > 0)
          announcer.changed({
            workspace,
            affected: new Set(),
            bundles: [...classes].flatMap(({ outcomes }) => [...outcomes.keys()]),
            clusters: silent,
          });
      }
    },
    Math.max(250, offlineAfterMs / 8),
  );
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
