import type { KubeObject } from "../../shared/api/meta.ts";
import { entryKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { wellKnown } from "../kube/api-resource.ts";
import { createTurns } from "../../shared/runtime/take-turns.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { emptyInventory, type AppliedFields, type StoredInventory } from "./inventory.ts";
import { inventorySecrets, readInventorySecrets } from "./inventory-secret.ts";
import { bundleAnnotation, inventoryLabel, inventoryName } from "./marks.ts";

/** The inventories of all deployments, in Secrets, with an index of who owns what. */
export interface InventoryStore {
  /** Reads all inventories; must have succeeded before anything else is asked. */
  load(): Promise<void>;
  /** Returns a bundle's inventory, an empty one when it owns nothing. Throws `INVENTORY_UNREADABLE`. */
  get(bundle: string): StoredInventory;
  has(bundle: string): boolean;
  /** Returns whether a bundle has an inventory that could not be read. */
  isUnreadable(bundle: string): boolean;
  /** Returns the fields that were ours after the last apply. */
  fields(bundle: string): AppliedFields;
  /** Reads one bundle's Secrets again: a person approved something, or somebody else wrote. */
  refresh(bundle: string): Promise<void>;
  /** Writes an inventory, made from what `get` returned last; `fields` absent keeps those that were written last. */
  save(inventory: StoredInventory, fields?: AppliedFields): Promise<void>;
  /** Deletes a bundle's inventory: nothing is owned any more. */
  drop(bundle: string): Promise<void>;
  /** Returns the names of all bundles with an inventory, unreadable ones included. */
  bundles(): string[];
  /** Returns the bundles that name an object. */
  holders(key: ObjectKey): readonly string[];
  /** Returns the bundle that an object belongs to, of those that name it. */
  owner(key: ObjectKey): string | undefined;
  /** Does work while no other work of this kind is under way: of two that name an object, only one may let it go. */
  handOver<T>(work: () => Promise<T>): Promise<T>;
  /** Yields the keys of all objects of a kind that any deployment owns. */
  keysOf(group: string, kind: string): Iterable<ObjectKey>;
  /** Returns the kinds in use, as `group/Kind`. */
  kinds(): ReadonlySet<string>;
  /** Returns the highest revision that any inventory followed in an epoch. */
  highestRevision(epoch: string): number;
}

/** What the store needs. */
export interface InventoryStoreDeps {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Compressed size at which a Secret is split: far below the API server's 1 MiB. */
  readonly maxPartBytes: number;
}

interface Loaded {
  readonly inventory: StoredInventory;
  readonly fields: () => AppliedFields;
  readonly generation: number;
  /** Secret name → resourceVersion: nobody else's writing is overwritten unseen. */
  readonly versions: ReadonlyMap<string, string>;
}

interface Holder {
  readonly bundle: string;
  readonly claimed: boolean;
}

/** Whom an object belongs to comes first: whoever only waits for it comes after, and among equals the name decides. */
function byRight(a: Holder, b: Holder): number {
  if (a.claimed !== b.claimed) return a.claimed ? 1 : -1;
  return a.bundle < b.bundle ? -1 : 1;
}

/** Returns a store on Secrets of the agent's namespace. */
export function createInventoryStore(deps: InventoryStoreDeps): InventoryStore {
  const { client, namespace } = deps;
  const loaded = new Map<string, Loaded | AppError>();
  const holders = new Map<ObjectKey, readonly Holder[]>();
  const inTurn = createTurns();
  const secrets = (name: string) => ({ resource: wellKnown.secret, namespace, name });

  async function listSecrets(labelSelector: string): Promise<Map<string, KubeObject[]>> {
    const byBundle = new Map<string, KubeObject[]>();
    for await (const secret of client.list(wellKnown.secret, { namespace, labelSelector, pageSize: 20 })) {
      const bundle = secret.metadata.annotations?.[bundleAnnotation] ?? secret.metadata.name ?? "";
      byBundle.set(bundle, [...(byBundle.get(bundle) ?? []), secret]);
    }
    return byBundle;
  }

  function take(bundle: string, found: readonly KubeObject[]): void {
    forget(bundle);
    try {
      const read = readInventorySecrets(found);
      const versions = new Map(found.map(({ metadata }) => [metadata.name ?? "", metadata.resourceVersion ?? ""]));
      remember(bundle, { ...read, versions });
    } catch (error) {
      loaded.set(bundle, toAppError(error));
    }
  }

  function remember(bundle: string, entry: Loaded): void {
    forget(bundle);
    loaded.set(bundle, entry);
    for (const named of entry.inventory.entries) {
      const key = entryKey(named);
      holders.set(key, [...(holders.get(key) ?? []), { bundle, claimed: named.claimed === true }].toSorted(byRight));
    }
  }

  function forget(bundle: string): void {
    const known = loaded.get(bundle);
    loaded.delete(bundle);
    if (known === undefined || known instanceof AppError) return;
    for (const named of known.inventory.entries) {
      const key = entryKey(named);
      const left = (holders.get(key) ?? []).filter((holder) => holder.bundle !== bundle);
      if (left.length === 0) holders.delete(key);
      else holders.set(key, left);
    }
  }

  function readable(bundle: string): Loaded | undefined {
    const known = loaded.get(bundle);
    if (known instanceof AppError) throw known;
    return known;
  }

  async function write(secret: KubeObject, version: string | undefined): Promise<KubeObject> {
    const target = secrets(secret.metadata.name ?? "");
    if (version === undefined) return client.create(target, secret);
    return client.replace(target, { ...secret, metadata: { ...secret.metadata, resourceVersion: version } });
  }

  async function refresh(bundle: string): Promise<void> {
    const found = await listSecrets(`${inventoryLabel}=${inventoryName(bundle)}`);
    const own = found.get(bundle) ?? [];
    if (own.length > 0) take(bundle, own);
    else forget(bundle);
  }

  async function save(inventory: StoredInventory, before: Loaded | undefined, fields?: AppliedFields): Promise<void> {
    const generation = (before?.generation ?? 0) + 1;
    const kept = fields ?? before?.fields() ?? {};
    const wanted = inventorySecrets({
      inventory,
      fields: kept,
      generation,
      namespace,
      maxPartBytes: deps.maxPartBytes,
    });
    const versions = new Map(before?.versions);
    try {
      for (const secret of wanted) {
        const name = secret.metadata.name ?? "";
        const written = await write(secret, versions.get(name));
        versions.set(name, written.metadata.resourceVersion ?? "");
      }
      for (const name of [...versions.keys()].filter((key) => wanted.every((secret) => secret.metadata.name !== key))) {
        await removeSecret(name);
        versions.delete(name);
      }
    } catch (error) {
      // Somebody else wrote, or an answer was lost: what is there now decides.
      await refresh(inventory.bundle).catch(() => loaded.set(inventory.bundle, toAppError(error)));
      throw error;
    }
    const read = readInventorySecrets(wanted);
    // When the approval was given is known to the server's answers alone; it stays what it was.
    const { approvedAt } = inventory;
    remember(inventory.bundle, { ...read, inventory: { ...read.inventory, approvedAt }, versions });
  }

  async function removeSecret(name: string): Promise<void> {
    const live = await client.get(secrets(name));
    if (live?.metadata.uid !== undefined) await client.remove(secrets(name), { uid: live.metadata.uid });
  }

  return {
    load: async () => {
      const found = await listSecrets(inventoryLabel).catch((error: unknown) => {
        if (hasCode(error, "KUBE_NOT_FOUND")) return new Map<string, KubeObject[]>();
        throw error;
      });
      for (const bundle of loaded.keys()) forget(bundle);
      for (const [bundle, own] of found) take(bundle, own);
    },
    get: (bundle) => readable(bundle)?.inventory ?? emptyInventory(bundle),
    has: (bundle) => loaded.has(bundle),
    isUnreadable: (bundle) => loaded.get(bundle) instanceof AppError,
    fields: (bundle) => readable(bundle)?.fields() ?? {},
    refresh: (bundle) => inTurn(bundle, () => refresh(bundle)),
    save: async (inventory, fields) => {
      // What it was made from: a reading that comes in between must not make it pass for newer than it is.
      const before = readable(inventory.bundle);
      await inTurn(inventory.bundle, () => save(inventory, before, fields));
    },
    drop: (bundle) =>
      inTurn(bundle, async () => {
        for (const name of readable(bundle)?.versions.keys() ?? []) await removeSecret(name);
        forget(bundle);
      }),
    bundles: () => [...loaded.keys()],
    holders: (key) => (holders.get(key) ?? []).map(({ bundle }) => bundle),
    owner: (key) => holders.get(key)?.[0]?.bundle,
    handOver: (work) => inTurn("", work),
    keysOf: (group, kind) => [...holders.keys()].filter((key) => key.startsWith(`${group}/${kind}/`)),
    kinds: () => new Set([...holders.keys()].map((key) => key.split("/").slice(0, 2).join("/"))),
    highestRevision: (epoch) => {
      let highest = -1;
      for (const known of loaded.values()) {
        if (!(known instanceof AppError) && known.inventory.epoch === epoch)
          highest = Math.max(highest, known.inventory.revision);
      }
      return highest;
    },
  };
}
