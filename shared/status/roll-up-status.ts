import type { DeploymentState } from "../protocol/deployment-status.ts";

/** What the hub counts: Fleet's states, and `Unknown` for clusters that have not been heard of for a while. */
export type CountedState = Exclude<DeploymentState, "Orphaned"> | "Unknown";

/** Worst first: the first state with a count above zero is the state of the whole. */
const byWeight: readonly CountedState[] = [
  "ErrApplied",
  "WaitApplied",
  "Modified",
  "OutOfSync",
  "Pending",
  "NotReady",
  "Unknown",
  "Ready",
];

/** How many deployments are in each state. */
export type StateCounts = ReadonlyMap<CountedState, number>;

/** Fleet's `status.summary`; `unknown` is Drover's own. Zero counts are left out, as in Fleet. */
export interface StatusSummary {
  readonly desiredReady: number;
  readonly ready: number;
  readonly notReady?: number;
  readonly waitApplied?: number;
  readonly errApplied?: number;
  readonly outOfSync?: number;
  readonly modified?: number;
  readonly pending?: number;
  readonly unknown?: number;
}

/** What an agent last said of a bundle. */
export interface ReportedState {
  readonly id?: string | undefined;
  readonly state: DeploymentState;
}

/** What is wanted now. */
export interface WantedDeployment {
  readonly deploymentId: string;
  readonly paused?: boolean | undefined;
}

/**
 * Returns the state of a deployment as the hub may show it: a report about something older than what is wanted now is
 * never green, and neither is one from an agent that went silent.
 */
export function deploymentState(
  wanted: WantedDeployment,
  reported: ReportedState | undefined,
  online: boolean,
): CountedState {
  if (!online) return "Unknown";
  if (reported === undefined || reported.state === "Orphaned")
    return wanted.paused === true ? "OutOfSync" : "WaitApplied";
  if (reported.id === wanted.deploymentId) return reported.state;
  if (reported.state === "ErrApplied" || reported.state === "Pending") return reported.state;
  return wanted.paused === true ? "OutOfSync" : "WaitApplied";
}

/** Returns the sum of several counts. */
export function sumCounts(all: Iterable<StateCounts>): StateCounts {
  const sum = new Map<CountedState, number>();
  for (const counts of all) {
    for (const [state, count] of counts) sum.set(state, (sum.get(state) ?? 0) + count);
  }
  return sum;
}

/** Returns Fleet's summary of the counts (design.md section 4, function `rollUpStatus`). */
export function rollUpStatus(counts: StateCounts): StatusSummary {
  const of = (state: CountedState): number => counts.get(state) ?? 0;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const optional = {
    notReady: of("NotReady"),
    waitApplied: of("WaitApplied"),
    errApplied: of("ErrApplied"),
    outOfSync: of("OutOfSync"),
    modified: of("Modified"),
    pending: of("Pending"),
    unknown: of("Unknown"),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, count]) => count > 0));
  return { desiredReady: total, ready: of("Ready"), ...present };
}

/** Returns the state of the whole: the worst one that occurs; Ready when there is nothing. */
export function worstState(counts: StateCounts): CountedState {
  return byWeight.find((state) => (counts.get(state) ?? 0) > 0) ?? "Ready";
}
