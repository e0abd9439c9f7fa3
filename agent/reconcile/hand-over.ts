import { entryKey, objectKey, type InventoryEntry, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { Release } from "../../shared/drift/plan-removals.ts";
import { place } from "./inventory-place.ts";
import { applySetId } from "./marks.ts";
import type { Pass, PassDeps } from "./pass.ts";
import { whyNotOurs } from "./remove-objects.ts";

// An object goes from one deployment to another in three writings, so that at any time an inventory names it: the heir
// claims it, the giver lets go of it, the heir applies it.

/** Returns the other deployment that an object belongs to, undefined where it is nobody's or this deployment's own. */
export function otherOwner({ inventories }: PassDeps, bundle: string, key: ObjectKey): string | undefined {
  const owner = inventories.owner(key);
  return owner === bundle ? undefined : owner;
}

/** Writes down that a deployment is to have the objects which it wants and others give up. They remain the others' until these let go. */
export async function claimObjects(pass: Pass): Promise<void> {
  const { deps, wanted, objects } = pass;
  const { bundle } = wanted;
  const { inventories } = deps;
  const before = inventories.get(bundle);
  const own = new Set(before.entries.map(entryKey));
  const fields = { ...inventories.fields(bundle) };
  const claimed: InventoryEntry[] = [];
  const givers = new Set<string>();
  for (const key of objects.map(objectKey)) {
    const giver = own.has(key) ? undefined : otherOwner(deps, bundle, key);
    if (giver === undefined || !givesUp(deps, giver, key)) continue;
    const entry = await claimOf(pass, giver, key);
    if (entry === undefined) continue;
    const formerly = inventories.fields(giver)[key];
    if (formerly !== undefined) fields[key] = formerly;
    claimed.push(entry);
    givers.add(giver);
  }
  if (claimed.length === 0) return;
  await deps.onStep("claim", bundle);
  const first = inventories.has(bundle) ? {} : place(pass);
  await inventories.save({ ...before, ...first, entries: [...before.entries, ...claimed] }, fields);
  await deps.onStep("claimed", bundle);
  for (const giver of givers) deps.wake(giver);
}

/** What the document merely leaves out gives up nothing, and of what is not rendered yet it is not known. */
function givesUp({ desired, claims }: PassDeps, bundle: string, key: ObjectKey): boolean {
  const wanted = desired.deployment(bundle);
  if (wanted === undefined) return desired.removal(bundle) !== undefined;
  return claims.isKnown(bundle, wanted.deploymentId) && !claims.wants(bundle, key);
}

/** The heir knows the object by the same uid as the giver: it may have to remove it before it has ever applied it. */
async function claimOf({ deps }: Pass, giver: string, key: ObjectKey): Promise<InventoryEntry | undefined> {
  const entry = deps.inventories.get(giver).entries.find((one) => entryKey(one) === key);
  if (entry === undefined) return undefined;
  const { group, kind, namespace, name } = entry;
  const uid = entry.uid ?? (await liveUid(deps, giver, entry));
  return { group, kind, namespace, name, ...(uid === undefined ? {} : { uid }), claimed: true };
}

/** Returns the uid of an object that its owner has applied without having come to note it. */
async function liveUid(
  { client, discovery, namespace }: PassDeps,
  owner: string,
  entry: InventoryEntry,
): Promise<string | undefined> {
  const resource = await discovery.resolveKind(entry.group, entry.kind);
  const target = { namespace: entry.namespace, name: entry.name };
  const live = resource === undefined ? undefined : await client.get({ resource, ...target });
  const isOwned = live !== undefined && whyNotOurs(live, entry, applySetId(owner, namespace)) === undefined;
  return isOwned ? live.metadata.uid : undefined;
}

/**
 * Lets go of objects that stay in the cluster: of those that another deployment is to have only where its stored inventory
 * names them, one hand-over at a time, since two that name an object must not both let go of it. Returns what could not be let go of yet.
 */
export async function handOver(
  deps: PassDeps,
  { bundle, released }: { readonly bundle: string; readonly released: readonly Release[] },
  forget: (keys: ReadonlySet<ObjectKey>) => Promise<void>,
): Promise<readonly Release[]> {
  if (released.length === 0) return [];
  return deps.inventories.handOver(async () => {
    const left = released.filter(({ entry, heir }) => {
      return heir !== undefined && !deps.inventories.holders(entryKey(entry)).includes(heir);
    });
    const ready = released.filter((release) => !left.includes(release));
    if (ready.length > 0) {
      await deps.onStep("hand-over", bundle);
      await forget(new Set(ready.map(({ entry }) => entryKey(entry))));
      await deps.onStep("handed-over", bundle);
    }
    for (const { heir } of released) if (heir !== undefined) deps.wake(heir);
    return left;
  });
}
