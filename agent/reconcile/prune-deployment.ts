import type { ObjectRef } from "../../shared/api/meta.ts";
import { describeEntry, entryKey, type InventoryEntry, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { describeHeld, limitsFor, planRemovals, type RemovalPlan } from "../../shared/drift/plan-removals.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { DeploymentRecord } from "./deployment-record.ts";
import { applySetId } from "./marks.ts";
import type { PassDeps } from "./pass.ts";
import { announceHeld } from "./announce-held.ts";
import { handOver, otherOwner } from "./hand-over.ts";
import type { StoredInventory } from "./inventory.ts";
import { leavingKeys, removeObjects } from "./remove-objects.ts";

/** From which deployment objects are to go. */
export interface Pruning {
  readonly bundle: string;
  readonly record: DeploymentRecord;
  readonly client: KubeClient;
  /** Keys that stay; empty when the hub said that the whole deployment goes. */
  readonly desired: ReadonlySet<ObjectKey>;
  readonly said: boolean;
  /** Not all of what is desired could be applied: nothing is deleted yet, but what others want is given up. */
  readonly releaseOnly?: boolean;
  /** What a failed deployment made is taken away (`helm.atomic`). */
  readonly goingBack?: boolean;
}

/** How long to wait before looking again at what is being deleted; its watch tells sooner when it is gone. */
const linger = { baseMs: 1000, maxMs: 30_000 };

/** How long to wait for other deployments to be rendered. */
const claimWaitMs = 100;

/** An approval counts for an hour: after that nobody remembers what was looked at. */
const approvalMs = 60 * 60 * 1000;

/**
 * Removes what a deployment owns and should not have, as far as the plan allows, and takes it out of the inventory
 * once it is gone. Returns when to look again, undefined when nothing is left to be done now.
 */
export async function pruneDeployment(deps: PassDeps, pruning: Pruning): Promise<number | undefined> {
  const { bundle, record, desired } = pruning;
  const inventory = deps.inventories.get(bundle);
  const leaving = inventory.entries.filter((entry) => !desired.has(entryKey(entry)));
  record.held = [];
  record.removing = pruning.said && leaving.length > 0;
  if (leaving.length === 0) {
    // What was approved is wanted again: another removal of the same objects is another decision.
    if (pruning.releaseOnly !== true) await dropApproval(deps, inventory);
    return undefined;
  }
  const unknown = firstUnknown(deps, bundle) ?? unreadOwner(deps, leaving);
  if (unknown !== undefined && pruning.releaseOnly === true) return undefined;
  if (unknown !== undefined) {
    record.held = [`${leaving.length} removals wait until bundle ${unknown} is rendered: it may want these objects`];
    return claimWaitMs;
  }
  const isFresh = isFreshApproval(inventory, deps.clock.now());
  const plan = planRemovals({
    inventory: inventory.entries,
    desired,
    said: pruning.said,
    agentNamespace: deps.namespace,
    goingBack: pruning.goingBack === true,
    keepResources: pruning.said && inventory.keepResources,
    deleteDefinitions: inventory.deleteDefinitions,
    wantedBy: (key) => deps.claims.wantedBy(key, bundle) ?? otherOwner(deps, bundle, key),
    limits: limitsFor(deps.limits, deps.desired.deployment(bundle)),
    approved: isFresh ? inventory.approved : undefined,
  });
  if (pruning.releaseOnly === true) return carryOut(deps, pruning, { ...plan, remove: [], held: [] });
  if (inventory.approved !== undefined && !isFresh) record.lateApproval = inventory.approved;
  // Taken away, so that writing it again is a change, with a time of its own.
  if (!isFresh || inventory.approved !== plan.digest) await dropApproval(deps, inventory);
  const isLate = record.lateApproval === plan.digest;
  record.held = describeHeld(plan, isLate ? "; it was approved more than an hour ago: approve it again" : "");
  if (plan.held.length > 0 && record.announced !== plan.digest) {
    record.announced = plan.digest;
    await announceHeld(deps, bundle, plan);
  }
  if (plan.granted.some(({ granted }) => granted !== true)) await saveGranted(deps, bundle, plan);
  return carryOut(deps, pruning, plan);
}

function isFreshApproval({ approved, approvedAt }: StoredInventory, nowMs: number): boolean {
  return approved !== undefined && approvedAt !== undefined && nowMs - Date.parse(approvedAt) <= approvalMs;
}

async function dropApproval({ inventories }: PassDeps, inventory: StoredInventory): Promise<void> {
  if (inventory.approved === undefined) return;
  await inventories.save({ ...inventory, approved: undefined, approvedAt: undefined });
}

/** Uses the approval up. From here on the plan is carried out to its end, whatever becomes of this process meanwhile. */
async function saveGranted({ inventories, log }: PassDeps, bundle: string, plan: RemovalPlan): Promise<void> {
  const inventory = inventories.get(bundle);
  const keys = new Set(plan.granted.map(entryKey));
  const entries = inventory.entries.map((entry) =>
    keys.has(entryKey(entry)) ? { ...entry, granted: true as const } : entry,
  );
  await inventories.save({ ...inventory, entries, approved: undefined, approvedAt: undefined });
  log.info({ bundle, plan: plan.digest, objects: keys.size }, "approved removals begin");
}

async function carryOut(deps: PassDeps, pruning: Pruning, plan: RemovalPlan): Promise<number | undefined> {
  const { bundle, record, client } = pruning;
  const removals = await removeObjects(
    {
      client,
      discovery: deps.discovery,
      log: deps.log,
      partOf: applySetId(bundle, deps.namespace),
      ageMs: (since) => deps.clock.ageMs(since),
      onStep: deps.onStep,
    },
    plan.remove,
  );
  const gone = leavingKeys(removals);
  if (gone.size > 0) await forgetEntries(deps, pruning, gone);
  const left = await handOver(deps, { bundle, released: plan.released }, (keys) => forgetEntries(deps, pruning, keys));
  const stays = left.map(
    ({ entry, heir }) => `${describeEntry(entry)}: waits for bundle ${heir ?? ""} to take it over`,
  );
  record.held = [...record.held, ...stays];
  let waiting = left.length;
  for (const removal of removals) {
    const key = entryKey(removal.entry);
    record.failed.delete(key);
    record.notReady.delete(key);
    if (removal.type !== "waiting" && removal.type !== "failed") continue;
    const message = removal.type === "waiting" ? removal.reason : removal.error.message;
    record.notReady.set(key, { ...referenceOf(removal.entry), message: `to be removed: ${message}` });
    waiting++;
  }
  if (pruning.releaseOnly === true) return undefined;
  if (waiting > 0) return backoffMs(++record.retries, linger);
  record.retries = 0;
  return undefined;
}

async function forgetEntries(deps: PassDeps, pruning: Pruning, keys: ReadonlySet<ObjectKey>): Promise<void> {
  const { bundle, said } = pruning;
  const inventory = deps.inventories.get(bundle);
  const entries = inventory.entries.filter((entry) => !keys.has(entryKey(entry)));
  const fields = Object.fromEntries(Object.entries(deps.inventories.fields(bundle)).filter(([key]) => !keys.has(key)));
  // Whoever wants the deployment again has to apply it again.
  const applied = said ? { deploymentId: undefined, renderDigest: undefined, release: undefined } : {};
  await deps.inventories.save({ ...inventory, ...applied, entries }, fields);
  for (const key of keys) deps.index.forget(key);
}

/** Returns a deployment that is not rendered yet: before all are it of the document was rendered it is not known who else wants an object. */
export function firstUnknown(deps: PassDeps, bundle: string): string | undefined {
  const deployments = deps.desired.document()?.deployments ?? [];
  return deployments.find((other) => other.bundle !== bundle && !deps.claims.isKnown(other.bundle, other.deploymentId))
    ?.bundle;
}

/** Whose inventory cannot be read may own what is claimed from somebody. */
function unreadOwner({ inventories }: PassDeps, leaving: readonly InventoryEntry[]): string | undefined {
  if (leaving.every(({ claimed }) => claimed !== true)) return undefined;
  return inventories.bundles().find((bundle) => inventories.isUnreadable(bundle));
}

function referenceOf(entry: InventoryEntry): ObjectRef {
  const { kind, namespace, name, group } = entry;
  return { apiVersion: group, kind, namespace, name };
}
