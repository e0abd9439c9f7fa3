import type { ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { isoTime, type Clock } from "../../shared/clock.ts";
import type { AppError } from "../../shared/errors.ts";
import type {
  DeploymentState,
  DeploymentStatus,
  Drift,
  ObjectProblem,
} from "../../shared/protocol/deployment-status.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { CorrectionHistory } from "../../shared/drift/correction-history.ts";
import type { Explanation } from "./explain-problems.ts";
import type { Recheck } from "./recheck.ts";

/** What the agent has seen of one deployment since it started; status is computed from it. */
export interface DeploymentRecord {
  readonly bundle: string;
  /** What was last applied whole. */
  appliedId: string | undefined;
  error: DeploymentStatus["error"];
  readonly drift: Map<ObjectKey, Drift>;
  readonly notReady: Map<ObjectKey, ObjectProblem>;
  /** Why objects are not ready, as far as their pods and Events tell. */
  readonly explanations: Map<ObjectKey, Explanation>;
  /** By what it was compared with, each object that a dry run left as it is: a resync asks for none while that is the same. */
  readonly settled: Map<ObjectKey, string>;
  /** Objects that could not be applied. */
  readonly failed: Map<ObjectKey, ObjectProblem>;
  held: readonly string[];
  /** The plan of held removals of which an Event was written. */
  announced: string | undefined;
  /** The plan whose approval came too late to count. */
  lateApproval: string | undefined;
  /** What rendering warned of. */
  warnings: readonly string[];
  /** The hook that is waited for. */
  hook: ObjectProblem | undefined;
  readonly corrections: Map<ObjectKey, CorrectionHistory>;
  /** When what could not be compared is tried again. */
  recheck: Recheck | undefined;
  corrected: DeploymentStatus["corrected"];
  objectCount: number;
  /** Every object was compared with the cluster at least once. */
  compared: boolean;
  /** Objects are being removed and not all are gone. */
  removing: boolean;
  /** Passes in a row that left something to be tried again. */
  retries: number;
}

/** Returns the record of a deployment of which nothing is known yet. */
export function newRecord(bundle: string): DeploymentRecord {
  return {
    bundle,
    appliedId: undefined,
    error: undefined,
    drift: new Map(),
    notReady: new Map(),
    explanations: new Map(),
    settled: new Map(),
    failed: new Map(),
    held: [],
    announced: undefined,
    lateApproval: undefined,
    warnings: [],
    hook: undefined,
    corrections: new Map(),
    recheck: undefined,
    corrected: undefined,
    objectCount: 0,
    compared: false,
    removing: false,
    retries: 0,
  };
}

/** Keeps an error with when it was first and last seen; the same code and message again only count. */
export function noteError(record: DeploymentRecord, error: AppError, clock: Clock): void {
  const now = isoTime(clock);
  const { code, message } = error;
  const same = record.error?.code === code && record.error.message === message ? record.error : undefined;
  record.error = { code, message, firstSeen: same?.firstSeen ?? now, lastSeen: now, count: (same?.count ?? 0) + 1 };
}

/** Lists in status are cut at this many entries. */
const maxListed = 20;

/** Warnings are the same on every cluster and sent by each. */
const maxWarnings = 5;
const maxWarningLength = 300;

function cutWarning(warning: string): string {
  return warning.length <= maxWarningLength ? warning : `${warning.slice(0, maxWarningLength - 1)}…`;
}

/** Errors that say nothing about the deployment itself: what was applied is still so. */
const passing: ReadonlySet<string> = new Set([
  "KUBE_UNREACHABLE",
  "KUBE_UNAVAILABLE",
  "KUBE_BUSY",
  "HUB_UNREACHABLE",
  "HUB_UNAUTHORIZED",
]);

/** Returns the status of a deployment; `wanted` is undefined when the document does not name it. */
export function statusOfRecord(record: DeploymentRecord, wanted: DesiredDeployment | undefined): DeploymentStatus {
  const drift = [...record.drift.values()].slice(0, maxListed);
  const hook = record.hook === undefined ? [] : [record.hook];
  const problems = [...record.failed.values(), ...hook, ...record.notReady.values()].slice(0, maxListed);
  const { appliedId, error, corrected, held } = record;
  const warnings = record.warnings.slice(0, maxWarnings).map(cutWarning);
  return {
    bundle: record.bundle,
    state: stateOf(record, wanted),
    ...(appliedId === undefined ? {} : { appliedDeploymentId: appliedId }),
    ...(wanted?.commit === undefined ? {} : { commit: wanted.commit }),
    ...(error === undefined ? {} : { error }),
    ...(drift.length === 0 ? {} : { drift }),
    ...(drift.length === record.drift.size ? {} : { driftCount: record.drift.size }),
    ...(problems.length === 0 ? {} : { notReady: problems }),
    ...(corrected === undefined ? {} : { corrected }),
    objectCount: record.objectCount,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(held.length === 0 ? {} : { held: held.slice(0, maxListed) }),
  };
}

/** Returns the worst state that holds. */
function stateOf(record: DeploymentRecord, wanted: DesiredDeployment | undefined): DeploymentState {
  if (wanted === undefined) return record.removing ? "OutOfSync" : "Orphaned";
  const applied = record.appliedId === wanted.deploymentId;
  const { error } = record;
  if (error !== undefined) {
    if (error.code === "DEPENDENCY_NOT_READY") return "WaitApplied";
    if (!applied || !passing.has(error.code)) return "ErrApplied";
  }
  if (!applied) return wanted.paused === true ? "OutOfSync" : "WaitApplied";
  if ([...record.drift.values()].some(({ type }) => type !== "unknown")) return "Modified";
  if (record.held.length > 0) return "OutOfSync";
  return record.notReady.size > 0 || record.hook !== undefined || !record.compared ? "NotReady" : "Ready";
}
