import { isoTime } from "../../shared/clock.ts";
import { addCorrection, type CorrectionHistory } from "../../shared/drift/correction-history.ts";
import { entryKey, objectKey, refOf, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { Change } from "../../shared/drift/plan-changes.ts";
import type { Drift } from "../../shared/protocol/deployment-status.ts";
import { applyChanges } from "./apply-changes.ts";
import { ensureNamespace } from "./ensure-namespace.ts";
import { noteHealth } from "./note-health.ts";
import type { Pass } from "./pass.ts";
import { replaceImmutable } from "./replace-objects.ts";

/**
 * Puts back what others changed and notes it in the record. What keeps being changed is left alone for a while, ever longer,
 * and its drift then says by whom.
 */
export async function correctDrift(pass: Pass, changes: readonly Change[]): Promise<void> {
  const { deps, record, wanted } = pass;
  const nowMs = deps.clock.elapsed();
  const due = changes.filter((change) => !leaveContested(pass, objectKey(change.object), nowMs));
  const inventory = deps.inventories.get(wanted.bundle);
  const ground = { owned: inventory.entries, fields: {}, force: true };
  // The namespace may have been deleted with all that was in it.
  if (due.some(({ action }) => action === "create"))
    await ensureNamespace(pass.client, wanted.bundle, pass.rendered.options);
  await forgetUids(pass, due);
  const applied = await applyChanges({ ...deps, client: pass.client, signal: pass.signal }, due, ground);
  const outcomes = await replaceImmutable(pass, applied, ["helm.force", "correctDrift.force"]);
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
    record.corrections.set(key, addCorrection(record.corrections.get(key), nowMs));
    deps.index.note(key, outcome.applied.metadata);
    await noteHealth(pass, key, outcome.applied);
    uids.set(key, outcome.applied.metadata.uid ?? "");
  }
  if (undone.length > 0) {
    const count = (record.corrected?.count ?? 0) + undone.length;
    record.corrected = { count, lastTime: isoTime(deps.clock), last: undone.slice(0, 20) };
    pass.log.info({ objects: undone.length }, "drift corrected");
  }
  await saveNewUids(pass, uids);
}

/** Returns whether an object is left alone for now, and says so in its drift. */
function leaveContested({ record, deps }: Pass, key: ObjectKey, nowMs: number): boolean {
  const history = record.corrections.get(key);
  if (history === undefined || history.pausedUntilMs <= nowMs) return false;
  const drift = record.drift.get(key);
  const untilMs = deps.clock.now() + history.pausedUntilMs - nowMs;
  const until = new Date(Math.round(untilMs / 1000) * 1000).toISOString();
  if (drift !== undefined) record.drift.set(key, { ...drift, message: contestedMessage(drift, history, until) });
  return true;
}

function contestedMessage(drift: Drift, { inARow }: CorrectionHistory, until: string): string {
  const managers = [...new Set(drift.fields.flatMap(({ manager }) => manager ?? []))];
  const who = managers.length === 0 ? "somebody" : managers.join(" and ");
  const what = drift.type === "missing" ? "deletes" : "changes";
  return `${who} ${what} it again and again: it was put back ${inARow} times in a row and is left alone until ${until}`;
}

/** A crash between making an object anew and noting its uid must not leave one that nobody may remove. */
async function forgetUids({ deps, wanted }: Pass, due: readonly Change[]): Promise<void> {
  const made = new Set(due.filter(({ action }) => action === "create").map(({ object }) => objectKey(object)));
  if (made.size === 0) return;
  const inventory = deps.inventories.get(wanted.bundle);
  const entries = inventory.entries.map((entry) => {
    if (!made.has(entryKey(entry))) return entry;
    const { uid: _gone, ...named } = entry;
    return named;
  });
  await deps.inventories.save({ ...inventory, entries });
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
