import type { ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { DeploymentRecord } from "./deployment-record.ts";

/** When objects that could not be compared are tried again. */
export interface Recheck {
  readonly tries: number;
  readonly dueMs: number;
}

const firstMs = 5000;
const longestMs = 300_000;

/**
 * Returns whether an object is to be compared although nothing touched it: it could not be compared or corrected before, or
 * was left alone for a while because others kept changing it, which is over.
 */
export function isDueAgain(record: DeploymentRecord, key: ObjectKey, nowMs: number): boolean {
  if (record.failed.has(key)) return true;
  const drift = record.drift.get(key);
  if (drift === undefined) return false;
  if (drift.type === "unknown") return record.recheck === undefined || nowMs >= record.recheck.dueMs;
  const { pausedUntilMs = 0 } = record.corrections.get(key) ?? {};
  return pausedUntilMs > 0 && nowMs >= pausedUntilMs;
}

/** Returns how long to wait before something is due again, undefined when nothing is; what stays unknown is tried ever more seldom. */
export function planRecheck(record: DeploymentRecord, nowMs: number): number | undefined {
  const drifted = [...record.drift];
  const unknown = drifted.some(([, { type }]) => type === "unknown");
  if (!unknown) record.recheck = undefined;
  else if (record.recheck === undefined || nowMs >= record.recheck.dueMs) {
    const tries = record.recheck?.tries ?? 0;
    record.recheck = { tries: tries + 1, dueMs: nowMs + Math.min(firstMs * 2 ** tries, longestMs) };
  }
  const pauses = drifted.map(([key]) => record.corrections.get(key)?.pausedUntilMs ?? 0).filter((at) => at > nowMs);
  const dueMs = Math.min(record.recheck?.dueMs ?? Infinity, ...pauses);
  return dueMs === Infinity ? undefined : dueMs - nowMs;
}
