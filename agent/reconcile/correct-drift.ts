import { isoTime } from "../../shared/clock.ts";
import { entryKey, objectKey, refOf } from "../../shared/drift/inventory-entry.ts";
import type { Change } from "../../shared/drift/plan-changes.ts";
import type { Drift } from "../../shared/protocol/deployment-status.ts";
import { applyChanges } from "./apply-changes.ts";
import { noteHealth } from "./note-health.ts";
import type { Pass } from "./pass.ts";

/** Corrections in a row after which somebody else is at work: the agent then waits instead of fighting. */
const maxCorrections = 5;
const windowMs = 60_000;

/**
 * Puts back what others changed and notes it in the record. Returns how long to wait before trying again when an
 * object keeps being changed, undefined otherwise.
 */
export async function correctDrift(pass: Pass, changes: readonly Change[]): Promise<number | undefined> {
  const { deps, record, wanted } = pass;
  const nowMs = deps.clock.now();
  const due = changes.filter((change) => !isContested(pass, objectKey(change.object), nowMs));
  const inventory = deps.inventories.get(wanted.bundle);
  const ground = { owned: inventory.entries, fields: {}, force: true };
  const outcomes = await applyChanges({ ...deps, client: pass.client, signal: pass.signal }, due, ground);
  const undone: Drift[] = [];
  const uids = new Map<string, string>();
  for (const outcome of outcomes) {
    const key = objectKey(outcome.object);
    if (outcome.type === "failed") {
      record.failed.set(key, { ...refOf(outcome.object), message: outcome.error.message });
      continue;
    }
    const drift = record.drift.get(key);
    if (drift !== undefined) undone.push(drift);
    record.drift.delete(key);
    record.failed.delete(key);
    record.corrections.set(key, [...(record.corrections.get(key) ?? []), nowMs].slice(-maxCorrections));
    deps.index.note(key, outcome.applied.metadata);
    noteHealth(pass, key, outcome.applied);
    uids.set(key, outcome.applied.metadata.uid ?? "");
  }
  if (undone.length > 0) {
    const count = (record.corrected?.count ?? 0) + undone.length;
    record.corrected = { count, lastTime: isoTime(deps.clock), last: undone.slice(0, 20) };
    pass.log.info({ objects: undone.length }, "drift corrected");
  }
  await saveNewUids(pass, uids);
  return due.length < changes.length ? windowMs : undefined;
}

function isContested({ record }: Pass, key: string, nowMs: number): boolean {
  const times = record.corrections.get(key) ?? [];
  return times.length >= maxCorrections && nowMs - (times[0] ?? 0) < windowMs;
}

/** An object that was made anew has another uid: the old one would never let it be removed. */
async function saveNewUids({ deps, wanted }: Pass, uids: ReadonlyMap<string, string>): Promise<void> {
  const inventory = deps.inventories.get(wanted.bundle);
  const entries = inventory.entries.map((entry) => {
    const uid = uids.get(entryKey(entry)) ?? "";
    return uid === "" || uid === entry.uid ? entry : { ...entry, uid };
  });
  if (entries.every((entry, index) => entry === inventory.entries[index])) return;
  await deps.inventories.save({ ...inventory, entries });
}
