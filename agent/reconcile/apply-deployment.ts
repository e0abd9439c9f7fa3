import type { KubeObject } from "../../shared/api/meta.ts";
import { entryKey, entryOf, objectKey, refOf, type InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import { ignoreRules } from "../../shared/drift/ignore-rules.ts";
import { planChanges, type Change } from "../../shared/drift/plan-changes.ts";
import { AppError } from "../../shared/errors.ts";
import { releaseOf } from "../../shared/render/release-of.ts";
import { applyChanges, type Outcome } from "./apply-changes.ts";
import { ownFields } from "./apply-object.ts";
import { withoutAutoscaledReplicas } from "./autoscaled-replicas.ts";
import { ensureNamespace } from "./ensure-namespace.ts";
import type { AppliedFields, Inventory, StoredInventory } from "./inventory.ts";
import { place } from "./inventory-place.ts";
import type { HookRun } from "./hook-run.ts";
import { withoutTakenNamespace } from "./leave-namespace.ts";
import { otherOwner } from "./hand-over.ts";
import { noteHealth } from "./note-health.ts";
import { releaseFactsOf } from "../../shared/render/release-facts.ts";
import { fieldManager } from "../kube/kube-client.ts";
import { replaceImmutable } from "./replace-objects.ts";
import { runAll } from "../run-all.ts";
import type { Pass } from "./pass.ts";
import type { VerifiedRef } from "./verified-store.ts";

const parallelReads = 8;

/** What of a deployment is applied, and what is written down of it. */
export interface ApplyPart {
  readonly objects: readonly KubeObject[];
  /** Where the deployment is while this goes on, and stays where it fails. */
  readonly run: HookRun;
  /** Where it is when all of these objects are applied; undefined: it is applied whole. */
  readonly next: HookRun | undefined;
}

/**
 * Brings objects of a new deployment to the cluster: inventory first, then the objects, then the inventory with what the
 * server made of them. Returns the faults of what could not be applied; the record lists each object.
 */
export async function applyDeployment(pass: Pass, part: ApplyPart): Promise<readonly AppError[]> {
  const { deps, record, rendered, wanted } = pass;
  const { inventories } = deps;
  await ensureNamespace(pass.client, wanted.bundle, rendered.options);
  const desired = await withoutAutoscaledReplicas({ client: pass.client, discovery: deps.discovery }, part.objects);
  const before = inventories.get(wanted.bundle);
  const { changes } = planChanges({
    desired,
    live: () => ({ type: "unread" }),
    heldBy: (key) => otherOwner(deps, wanted.bundle, key),
    rules: ignoreRules([]),
    manager: fieldManager,
  });
  await writeAhead(pass, { before, changes, run: part.run });
  const takeOwnership = rendered.options.helm?.takeOwnership === true;
  const fields = inventories.fields(wanted.bundle);
  const applied = await applyChanges({ ...deps, client: pass.client, signal: pass.signal }, changes, {
    owned: before.entries,
    fields,
    force: takeOwnership,
    adoption: { release: releaseOf(wanted.bundle, rendered.options), takeOwnership },
  });
  const outcomes = await replaceImmutable(pass, applied, ["helm.force"]);
  const faults = await noteOutcomes(pass, changes, outcomes);
  const complete = record.failed.size === 0;
  await writeAfter(pass, { outcomes, fields, run: complete ? part.next : part.run });
  if (complete && part.next === undefined) record.appliedId = wanted.deploymentId;
  record.objectCount = pass.objects.length;
  record.compared = complete && part.objects.length === pass.objects.length;
  return faults;
}

/** What is not in the inventory is not applied: a crash in between must not leave an object that nobody owns. */
async function writeAhead(pass: Pass, { before, changes, run }: Ahead): Promise<void> {
  const { deps, wanted } = pass;
  const known = new Set(before.entries.map(entryKey));
  const added = changes
    .filter(({ action }) => action !== "refuse")
    .map(({ object }) => entryOf(object))
    .filter((entry) => !known.has(entryKey(entry)));
  if (added.length === 0 && deps.inventories.has(wanted.bundle)) return;
  const marked = isAtomic(pass) ? await markFresh(pass, added) : added;
  await deps.onStep("inventory-write", wanted.bundle);
  await deps.inventories.save({ ...before, ...place(pass), run, entries: [...before.entries, ...marked] });
  await deps.onStep("inventory-written", wanted.bundle);
}

/** What is there already was not made by this deployment. */
async function markFresh(
  { client, deps: { discovery } }: Pass,
  added: readonly InventoryEntry[],
): Promise<InventoryEntry[]> {
  return runAll(added, parallelReads, async (entry) => {
    const resource = await discovery.resolveKind(entry.group, entry.kind);
    const { namespace, name } = entry;
    const live = resource === undefined ? undefined : await client.get({ resource, namespace, name });
    return { ...entry, fresh: live === undefined ? "made" : "found" };
  });
}

interface Ahead {
  readonly before: Inventory;
  readonly changes: readonly Change[];
  readonly run: HookRun;
}

interface Written {
  readonly outcomes: readonly Outcome[];
  readonly fields: AppliedFields;
  readonly run: HookRun | undefined;
}

async function writeAfter(pass: Pass, { outcomes, fields, run }: Written): Promise<void> {
  const { deps, wanted } = pass;
  const before = deps.inventories.get(wanted.bundle);
  const applied = new Map<string, KubeObject>();
  for (const outcome of outcomes)
    if (outcome.type === "applied") applied.set(objectKey(outcome.object), outcome.applied);
  const kept = withoutTakenNamespace(before.entries, { taken: before.deleteNamespace, desired: pass.objects });
  const entries = kept.map((entry): InventoryEntry => {
    const uid = applied.get(entryKey(entry))?.metadata.uid;
    if (uid === undefined) return entry;
    const { granted: _withdrawn, claimed: _given, ...wanted } = entry;
    return { ...wanted, uid };
  });
  const owned = Object.fromEntries([...applied].map(([key, object]) => [key, ownFields(object)]));
  const former = Object.fromEntries(
    entries.map(entryKey).flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])),
  );
  await deps.onStep("inventory-finish", wanted.bundle);
  const written = { ...before, ...place(pass), entries, run };
  await deps.inventories.save(run === undefined ? asWhole(pass, written) : written, { ...former, ...owned });
  await deps.onStep("inventory-finished", wanted.bundle);
}

/** Returns whether a deployment is taken back when it fails. What is gone back to was verified: it is brought back until it is there. */
export function isAtomic({ rendered, failed }: Pass): boolean {
  return rendered.options.helm?.atomic === true && failed === undefined;
}

/** Returns an inventory as it is once the deployment is applied whole, its hooks included; `verified` absent keeps what is kept of it. */
export function asWhole(
  { deps, wanted, rendered, failed }: Pass,
  before: StoredInventory,
  verified?: VerifiedRef,
): StoredInventory {
  const { deploymentId } = wanted;
  const facts = releaseFactsOf(deps.inventories.get(wanted.bundle).release, deploymentId);
  const kept = before.verified?.deploymentId === deploymentId ? before.verified : undefined;
  return {
    ...before,
    deploymentId,
    renderDigest: rendered.digest,
    release: { deploymentId, ...facts },
    run: undefined,
    verified: verified ?? (kept?.renderDigest === rendered.digest ? kept : undefined),
    // What the failed deployment made is still to go.
    ...(failed === undefined ? { failed: undefined, entries: before.entries.map(settled) } : {}),
  };
}

function settled({ fresh: _made, ...entry }: InventoryEntry): InventoryEntry {
  return entry;
}

async function noteOutcomes(pass: Pass, changes: readonly Change[], outcomes: readonly Outcome[]): Promise<AppError[]> {
  const { record, deps, wanted } = pass;
  const formerly = new Set(record.failed.keys());
  record.failed.clear();
  record.drift.clear();
  record.notReady.clear();
  const faults: AppError[] = [];
  for (const outcome of outcomes) {
    const key = objectKey(outcome.object);
    if (outcome.type === "failed") {
      faults.push(outcome.error);
      record.failed.set(key, { ...refOf(outcome.object), message: outcome.error.message });
      continue;
    }
    deps.index.note(key, outcome.applied.metadata);
    await noteHealth(pass, key, outcome.applied);
  }
  for (const change of changes) {
    if (change.action !== "refuse") continue;
    // It may hold what it does not want any more (removals that wait for approval) and learns only now that somebody does.
    if (!formerly.has(objectKey(change.object))) deps.wake(change.heldBy);
    const message = `bundle ${change.heldBy} of this cluster owns it; ${wanted.bundle} wants it too: take it out of one of them`;
    const about = `${change.object.kind} ${change.object.metadata.name ?? ""}`;
    const waiting = { verdict: "waiting", afterMs: 15_000 } as const;
    faults.push(new AppError("OBJECT_HELD_BY_OTHER", `${about}: ${message}`, waiting));
    record.failed.set(objectKey(change.object), { ...refOf(change.object), message });
  }
  return faults;
}
