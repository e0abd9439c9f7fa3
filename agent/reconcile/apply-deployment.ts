import type { KubeObject } from "../../shared/api/meta.ts";
import { entryKey, entryOf, objectKey, refOf, type InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import { ignoreRules } from "../../shared/drift/ignore-rules.ts";
import { planChanges, type Change } from "../../shared/drift/plan-changes.ts";
import { AppError } from "../../shared/errors.ts";
import { applyChanges, type Outcome } from "./apply-changes.ts";
import { ownFields } from "./apply-object.ts";
import { withoutAutoscaledReplicas } from "./autoscaled-replicas.ts";
import { ensureNamespace } from "./ensure-namespace.ts";
import type { AppliedFields, Inventory } from "./inventory.ts";
import { noteHealth } from "./note-health.ts";
import { fieldManager } from "../kube/kube-client.ts";
import type { Pass } from "./pass.ts";

/**
 * Brings a new deployment to the cluster: inventory first, then the objects, then the inventory with what the server
 * made of them. Returns the first fault when something could not be applied; the record lists each.
 */
export async function applyDeployment(pass: Pass): Promise<AppError | undefined> {
  const { deps, record, rendered, wanted } = pass;
  const { inventories } = deps;
  await ensureNamespace(pass.client, wanted.bundle, rendered.options);
  const desired = await withoutAutoscaledReplicas({ client: pass.client, discovery: deps.discovery }, pass.objects);
  const before = inventories.get(wanted.bundle);
  const { changes } = planChanges({
    desired,
    live: () => ({ type: "unread" }),
    heldBy: (key) => inventories.holders(key).find((bundle) => bundle !== wanted.bundle),
    rules: ignoreRules([]),
    manager: fieldManager,
  });
  await writeAhead(pass, before, changes);
  const force = rendered.options.helm?.takeOwnership === true;
  const fields = inventories.fields(wanted.bundle);
  const outcomes = await applyChanges({ ...deps, client: pass.client, signal: pass.signal }, changes, {
    owned: before.entries,
    fields,
    force,
  });
  const fault = noteOutcomes(pass, changes, outcomes);
  const whole = record.failed.size === 0;
  await writeAfter(pass, { outcomes, fields, whole });
  if (whole) record.appliedId = wanted.deploymentId;
  record.objectCount = desired.length;
  record.compared = whole;
  return fault;
}

/** What is not in the inventory is not applied: a crash in between must not leave an object that nobody owns. */
async function writeAhead(pass: Pass, before: Inventory, changes: readonly Change[]): Promise<void> {
  const { deps, wanted } = pass;
  const known = new Set(before.entries.map(entryKey));
  const added = changes
    .filter(({ action }) => action !== "refuse")
    .map(({ object }) => entryOf(object))
    .filter((entry) => !known.has(entryKey(entry)));
  if (added.length === 0 && deps.inventories.has(wanted.bundle)) return;
  await deps.onStep("inventory-write", wanted.bundle);
  await deps.inventories.save({ ...before, ...place(pass), entries: [...before.entries, ...added] });
  await deps.onStep("inventory-written", wanted.bundle);
}

interface Written {
  readonly outcomes: readonly Outcome[];
  readonly fields: AppliedFields;
  readonly whole: boolean;
}

async function writeAfter(pass: Pass, { outcomes, fields, whole }: Written): Promise<void> {
  const { deps, wanted, rendered } = pass;
  const before = deps.inventories.get(wanted.bundle);
  const applied = new Map<string, KubeObject>();
  for (const outcome of outcomes)
    if (outcome.type === "applied") applied.set(objectKey(outcome.object), outcome.applied);
  const entries = before.entries.map((entry): InventoryEntry => {
    const uid = applied.get(entryKey(entry))?.metadata.uid;
    return uid === undefined ? entry : { ...entry, uid };
  });
  const owned = Object.fromEntries([...applied].map(([key, object]) => [key, ownFields(object)]));
  const kept = Object.fromEntries(
    entries.map(entryKey).flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])),
  );
  await deps.onStep("inventory-finish", wanted.bundle);
  await deps.inventories.save(
    {
      ...before,
      ...place(pass),
      entries,
      ...(whole ? { deploymentId: wanted.deploymentId, renderDigest: rendered.digest } : {}),
    },
    { ...kept, ...owned },
  );
  await deps.onStep("inventory-finished", wanted.bundle);
}

/** What an inventory says besides its entries. */
function place({
  deps,
  rendered,
}: Pass): Pick<Inventory, "epoch" | "revision" | "keepResources" | "deleteDefinitions" | "serviceAccount"> {
  const document = deps.desired.document();
  return {
    epoch: document?.epoch ?? "",
    revision: document?.revision ?? 0,
    keepResources: rendered.options.keepResources === true,
    deleteDefinitions: rendered.options.deleteCRDResources === true,
    serviceAccount: rendered.options.serviceAccount,
  };
}

function noteOutcomes(pass: Pass, changes: readonly Change[], outcomes: readonly Outcome[]): AppError | undefined {
  const { record, deps, wanted } = pass;
  record.failed.clear();
  record.drift.clear();
  record.notReady.clear();
  let first: AppError | undefined;
  for (const outcome of outcomes) {
    const key = objectKey(outcome.object);
    if (outcome.type === "failed") {
      first ??= outcome.error;
      record.failed.set(key, { ...refOf(outcome.object), message: outcome.error.message });
      continue;
    }
    deps.index.note(key, outcome.applied.metadata);
    noteHealth(pass, key, outcome.applied);
  }
  for (const change of changes) {
    if (change.action !== "refuse") continue;
    const message = `bundle ${change.heldBy} of this cluster owns it; ${wanted.bundle} wants it too: take it out of one of them`;
    first ??= new AppError(
      "OBJECT_HELD_BY_OTHER",
      `${change.object.kind} ${change.object.metadata.name ?? ""}: ${message}`,
      {
        verdict: "waiting",
        afterMs: 15_000,
      },
    );
    record.failed.set(objectKey(change.object), { ...refOf(change.object), message });
  }
  return first;
}
