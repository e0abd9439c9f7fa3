import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryKey, type InventoryEntry, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { readManagedFields } from "../../shared/drift/managed-fields.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Discovery } from "../kube/discovery.ts";
import { fieldManager, type KubeClient } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";
import { runAll } from "../run-all.ts";
import { allStages, stagesOf } from "./apply-stage.ts";
import { keepAnnotation, partOfLabel } from "./marks.ts";
import type { StepObserver } from "./step-observer.ts";
import { isAggregated } from "./wait-for-apis.ts";
import { whyLingering } from "./why-lingering.ts";

/** What became of one object that was to go. */
export type Removal =
  /** Not in the cluster any more. */
  | { readonly type: "gone"; readonly entry: InventoryEntry }
  /** Not ours to delete: it leaves the inventory and stays in the cluster. */
  | { readonly type: "released"; readonly entry: InventoryEntry; readonly reason: string }
  /** Deletion was asked for and waits, or is not asked for yet. */
  | { readonly type: "waiting"; readonly entry: InventoryEntry; readonly reason: string }
  | { readonly type: "failed"; readonly entry: InventoryEntry; readonly error: AppError };

/** What removing needs. */
export interface RemoveDeps {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly log: Logger;
  /** Value of the `part-of` label of the deployment's objects. */
  readonly partOf: string;
  /** How long ago something began, in milliseconds, by its time as ISO 8601. */
  readonly ageMs: (since: string) => number;
  readonly onStep: StepObserver;
}

const parallelRemovals = 8;

/** An earlier stage that takes longer (a finalizer that nobody serves) does not hold up the next any more. */
const stageWaitMs = 60_000;

/**
 * Deletes objects of an inventory, stage by stage backwards: the next stage begins when the one before is gone. Each
 * is looked at first: another uid, a controller owner or a keep mark releases it instead. Level-based: called again
 * until everything is gone.
 */
export async function removeObjects(deps: RemoveDeps, entries: readonly InventoryEntry[]): Promise<Removal[]> {
  const removals: Removal[] = [];
  let blocked = false;
  const stageOf = stagesOf(entries);
  for (const stage of allStages.toReversed()) {
    const due = entries.filter((entry) => stageOf(entry) === stage);
    if (blocked) {
      removals.push(
        ...due.map((entry) => ({ type: "waiting", entry, reason: "waits for others to go first" }) as const),
      );
      continue;
    }
    const done = await runAll(due, parallelRemovals, (entry) => removeOne(deps, entry));
    removals.push(...done.map(({ removal }) => removal));
    blocked = done.some(
      ({ removal, ageMs }) =>
        (removal.type === "waiting" && ageMs < stageWaitMs) ||
        // Without the API's server nobody could ever remove them.
        (stage === 4 && removal.type === "failed"),
    );
  }
  return removals;
}

interface Done {
  readonly removal: Removal;
  /** How long ago deletion began, for those that wait. */
  readonly ageMs: number;
}

async function removeOne(deps: RemoveDeps, entry: InventoryEntry): Promise<Done> {
  try {
    return await removeOrThrow(deps, entry);
  } catch (error) {
    const fault = toAppError(error);
    if (fault.code === "KUBE_UNREACHABLE" || fault.code === "INTERNAL") throw fault;
    return { removal: { type: "failed", entry, error: fault }, ageMs: 0 };
  }
}

async function removeOrThrow(deps: RemoveDeps, entry: InventoryEntry): Promise<Done> {
  const { client, discovery, log } = deps;
  const gone: Done = { removal: { type: "gone", entry }, ageMs: 0 };
  const resource = await discovery.resolveKind(entry.group, entry.kind);
  if (resource === undefined) {
    const isAway = await isAggregated(client, entry.group);
    if (!isAway && (await isKindGone(client, entry))) return gone;
    const mend = isAway ? ": bring the server of its APIService back, or delete the APIService to give it up" : "";
    throw new AppError("OBJECT_INVALID", `${describeEntry(entry)}: its kind is not served right now${mend}`);
  }
  const target = { resource, namespace: entry.namespace, name: entry.name };
  const live = await client.get(target);
  if (live === undefined) return gone;
  const foreign = whyNotOurs(live, entry, deps.partOf);
  if (foreign !== undefined) {
    log.warn({ object: entryKey(entry), reason: foreign }, "object is left in place");
    return { removal: { type: "released", entry, reason: foreign }, ageMs: 0 };
  }
  if (live.metadata.deletionTimestamp !== undefined) return waiting(deps, entry, live);
  await deps.onStep("prune", entryKey(entry));
  const result = await client.remove(target, { uid: live.metadata.uid ?? "" });
  await deps.onStep("pruned", entryKey(entry));
  log.info({ object: entryKey(entry), uid: live.metadata.uid }, "object deleted");
  return result === "lingering" ? waiting(deps, entry, live) : gone;
}

/** Returns why an object must not be deleted, undefined when it is the one that we made or took over. */
export function whyNotOurs(live: KubeObject, entry: InventoryEntry, partOf: string): string | undefined {
  const { uid, ownerReferences = [], annotations = {}, labels = {} } = live.metadata;
  if (uid === undefined) return "the server gives it no uid";
  if (entry.uid !== undefined && entry.uid !== uid) return "an object of the same name was made by somebody else since";
  if (ownerReferences.some((owner) => owner["controller"] === true)) return "it is owned by a controller";
  if (annotations[keepAnnotation] === "keep") return `it is annotated ${keepAnnotation}: keep`;
  if (entry.uid !== undefined) return undefined;
  // The agent ended between the apply and the writing of the uid: our mark and our manager together stand for it.
  const applied = readManagedFields(live.metadata).some(
    ({ manager, operation }) => manager === fieldManager && operation === "Apply",
  );
  return applied && labels[partOfLabel] === partOf ? undefined : "it was never applied by this deployment";
}

async function waiting(deps: RemoveDeps, entry: InventoryEntry, live: KubeObject): Promise<Done> {
  const { deletionTimestamp } = live.metadata;
  const reason = await whyLingering(deps, live);
  const ageMs = deletionTimestamp === undefined ? 0 : deps.ageMs(deletionTimestamp);
  return { removal: { type: "waiting", entry, reason }, ageMs };
}

/** A kind that no longer exists has no objects; one whose server is only away may have. */
async function isKindGone(client: KubeClient, entry: InventoryEntry): Promise<boolean> {
  if (entry.group === "") return false;
  try {
    const group = await client.raw({ method: "GET", path: `/apis/${entry.group}` });
    const versions =
      isJsonObject(group) && Array.isArray(group["versions"]) ? group["versions"].filter(isJsonObject) : [];
    for (const version of versions) {
      const list = await client.raw({ method: "GET", path: `/apis/${textOf(version["groupVersion"])}` });
      const resources =
        isJsonObject(list) && Array.isArray(list["resources"]) ? list["resources"].filter(isJsonObject) : [];
      if (resources.some((resource) => resource["kind"] === entry.kind)) return false;
    }
    return true;
  } catch (error) {
    if (hasCode(error, "KUBE_NOT_FOUND")) return true;
    throw error;
  }
}

/** Returns the keys of entries that leave the inventory. */
export function leavingKeys(removals: readonly Removal[]): ReadonlySet<ObjectKey> {
  return new Set(
    removals.filter(({ type }) => type === "gone" || type === "released").map(({ entry }) => entryKey(entry)),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
