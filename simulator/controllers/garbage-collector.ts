import type { ApiObject, OwnerReference } from "../../apiserver/resources/api-object.ts";
import { parseGroupVersion } from "../../apiserver/resources/api-object.ts";
import type { ResourceRegistry } from "../../apiserver/resources/resource-registry.ts";
import { foregroundFinalizer, orphanFinalizer } from "../../apiserver/resources/verbs/delete-object.ts";
import { storageKeyOf } from "../../apiserver/resources/verbs/write-request.ts";
import type { ResourceKey, StoreChange } from "../../apiserver/storage/object-store.ts";
import type { ObjectName } from "../cluster-client.ts";
import { nameOf, type Controller, type ControllerParts } from "./controller.ts";

/**
 * Deletes objects whose owners are gone, and carries out foreground and orphaning deletions; keeps an index of who is
 * owned by whom.
 */
export function createGarbageCollector({ client }: ControllerParts, registry: ResourceRegistry): Controller {
  const dependents = new Map<string, Map<string, ObjectName>>();

  function index(name: ObjectName, references: readonly OwnerReference[], isThere: boolean): void {
    const key = keyOf(name);
    for (const { uid } of references) {
      const owned = dependents.get(uid) ?? new Map<string, ObjectName>();
      if (isThere) owned.set(key, name);
      else owned.delete(key);
      if (owned.size === 0) dependents.delete(uid);
      else dependents.set(uid, owned);
    }
  }

  function affectedBy(resource: ResourceKey, change: StoreChange): readonly ObjectName[] {
    const { object, previous } = change;
    const name = nameOf(resource, object);
    index(name, ownersOf(previous), false);
    index(name, ownersOf(object), change.type !== "deleted");
    const owned = [...(dependents.get(object.metadata.uid ?? "")?.values() ?? [])];
    if (change.type === "deleted") return [...owned, ...blockedOwners(object)];
    const isGoing = object.metadata.deletionTimestamp !== undefined;
    const isNew = change.type === "created" && ownersOf(object).length > 0;
    return isNew || (isGoing && (object.metadata.finalizers ?? []).length > 0) ? [name] : [];
  }

  /** Owners that wait in the foreground for this object. */
  function blockedOwners(object: ApiObject): readonly ObjectName[] {
    return ownersOf(object).flatMap((owner) => {
      const name = ownerName(owner, object.metadata.namespace ?? "");
      return name === undefined ? [] : [name];
    });
  }

  function ownerName({ apiVersion, kind, name }: OwnerReference, namespace: string): ObjectName | undefined {
    const { group, version } = parseGroupVersion(apiVersion);
    const definition = registry.findKind(group, version, kind);
    if (definition?.type !== "stored") return undefined;
    return { resource: storageKeyOf(definition), namespace: definition.names.namespaced ? namespace : "", name };
  }

  async function collect(name: ObjectName): Promise<number | undefined> {
    const object = await client.get(name);
    if (object === undefined) return undefined;
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp !== undefined) {
      if (finalizers.includes(orphanFinalizer)) return orphan(name, object);
      return finalizers.includes(foregroundFinalizer) ? foreground(name, object) : undefined;
    }
    await removeWhenAbandoned(name, object);
    return undefined;
  }

  async function removeWhenAbandoned(name: ObjectName, object: ApiObject): Promise<void> {
    const owners = ownersOf(object);
    if (owners.length === 0) return;
    const states = await Promise.all(owners.map(async (owner) => isAlive(owner, name.namespace)));
    if (states.some((isThere) => isThere)) return;
    await client.remove(name, { propagationPolicy: "Background", preconditions: { uid: object.metadata.uid } });
  }

  /** An owner of a kind that is not served counts as there: nobody can know. */
  async function isAlive(owner: OwnerReference, namespace: string): Promise<boolean> {
    const name = ownerName(owner, namespace);
    if (name === undefined) return true;
    const found = await client.get(name);
    return found?.metadata.uid === owner.uid;
  }

  async function foreground(name: ObjectName, owner: ApiObject): Promise<number | undefined> {
    const owned = [...(dependents.get(owner.metadata.uid ?? "")?.values() ?? [])];
    for (const dependent of owned) await client.remove(dependent, { propagationPolicy: "Foreground" });
    const blocking = (await Promise.all(owned.map(async (dependent) => client.get(dependent)))).filter(
      (object) => object !== undefined && blocks(object, owner),
    );
    if (blocking.length > 0) return undefined;
    await dropFinalizer(name, foregroundFinalizer);
    return undefined;
  }

  async function orphan(name: ObjectName, owner: ApiObject): Promise<undefined> {
    for (const dependent of dependents.get(owner.metadata.uid ?? "")?.values() ?? []) {
      await client.change(dependent, (live) => {
        const ownerReferences = ownersOf(live).filter(({ uid }) => uid !== owner.metadata.uid);
        return { ...live, metadata: { ...live.metadata, ownerReferences } };
      });
    }
    await dropFinalizer(name, orphanFinalizer);
    return undefined;
  }

  async function dropFinalizer(name: ObjectName, finalizer: string): Promise<void> {
    await client.change(name, (live) => {
      const finalizers = (live.metadata.finalizers ?? []).filter((other) => other !== finalizer);
      return { ...live, metadata: { ...live.metadata, finalizers } };
    });
  }

  return { name: "garbage-collector", watches: {}, affectedBy, reconcile: collect };
}

function ownersOf(object: ApiObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? [];
}

function blocks(dependent: ApiObject, owner: ApiObject): boolean {
  return ownersOf(dependent).some(
    ({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true,
  );
}

function keyOf({ resource, namespace, name }: ObjectName): string {
  return `${resource} ${namespace}/${name}`;
}
