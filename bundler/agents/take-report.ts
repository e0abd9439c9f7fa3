import { stableHash } from "../../codec/stable-hash.ts";
import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import type { CheckInRequest } from "../../shared/protocol/routes.ts";
import type { ReportedState } from "../../shared/status/roll-up-status.ts";
import type { ClusterReport, SeenAt } from "../desired/fleet-status.ts";
import type { Report } from "../store/report-table.ts";

/** A cluster's report after a check-in, with its interned body. */
export interface TakenReport {
  readonly report: ClusterReport;
  readonly body: Report;
  /** Bundles (`<workspace>/<name>`) whose status is another than before. */
  readonly changed: readonly string[];
}

/** What the hub knew before. */
export interface KnownReport {
  readonly report: ClusterReport | undefined;
  readonly states: ReadonlyMap<string, ReportedState>;
}

/** Returns what a cluster's report is once a check-in's statuses are laid over what was known. */
export function takeReport(known: KnownReport, request: CheckInRequest, at: SeenAt): TakenReport {
  const { full, statuses, gone = [] } = request;
  if (known.report !== undefined && !full && statuses.length + gone.length === 0) {
    const agent = request.agent ?? known.report.agent;
    return { report: { ...known.report, agent, ...at, online: true }, body: bodyOf(known.states), changed: [] };
  }
  const states = new Map<string, ReportedState>(full ? [] : known.states);
  const exceptions = new Map<string, DeploymentStatus>(full ? [] : known.report?.exceptions);
  for (const status of statuses) {
    states.set(status.bundle, { id: status.appliedDeploymentId, state: status.state });
    if (saysMore(status)) exceptions.set(status.bundle, status);
    else exceptions.delete(status.bundle);
  }
  for (const bundle of gone) {
    states.delete(bundle);
    exceptions.delete(bundle);
  }
  const body = bodyOf(states);
  const changed = full
    ? [...new Set([...known.states.keys(), ...states.keys()])]
    : [...statuses.map(({ bundle }) => bundle), ...gone];
  return {
    report: {
      reportDigest: stableHash(body),
      exceptions,
      agent: request.agent ?? known.report?.agent,
      ...at,
      online: true,
    },
    body,
    changed,
  };
}

function bodyOf(states: ReadonlyMap<string, ReportedState>): Report {
  return [...states]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([bundle, { id, state }]) => (id === undefined ? { bundle, state } : { bundle, id, state }));
}

/** Whether a status holds more than its state: then it is kept as it is, else only counted. */
function saysMore(status: DeploymentStatus): boolean {
  const { state, error, drift, notReady, corrected, warnings, held } = status;
  return state !== "Ready" || [error, drift, notReady, corrected, warnings, held].some((part) => part !== undefined);
}
