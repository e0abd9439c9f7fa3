import type { HubFigures } from "../shared/runtime/hub-metrics.ts";
import { type CountedState, type StateCounts, sumCounts } from "../shared/status/roll-up-status.ts";
import type { Hub } from "./desired/hub.ts";

/** Returns what the metrics show of the hub's memory; each look costs work per class, not per cluster. */
export function hubFigures(hub: Hub): HubFigures {
  const sum = (of: (workspace: ReturnType<Hub["workspace"]>) => number): number =>
    [...hub.workspaces()].reduce((total, workspace) => total + of(workspace), 0);
  return {
    waiting: () => sum(({ waiters }) => waiters.count()),
    clusters: () => sum(({ status }) => status.partition.clusters.size),
    bundles: () => sum(({ bundles }) => bundles.size),
    deployments: (): StateCounts => {
      const all: StateCounts[] = [new Map<CountedState, number>([["Ready", 0]])];
      for (const { status } of hub.workspaces())
        for (const clusterClass of status.partition.classes.values()) all.push(status.countClass(clusterClass).states);
      return sumCounts(all);
    },
  };
}
