import type { JsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryOf, type InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import { readManagedFields } from "../../shared/drift/managed-fields.ts";
import { AppError } from "../../shared/errors.ts";
import type { ObjectTarget } from "../kube/api-resource.ts";
import { adoptObject, type AdoptionGround, isAdoptable } from "./adopt-object.ts";
import { fieldManager, type KubeClient } from "../kube/kube-client.ts";
import { statusOf, type StatusCause } from "../kube/kube-status.ts";
import { fieldPaths } from "./field-paths.ts";
import { takeOwnershipAnnotation } from "./marks.ts";

/** What an apply of one object may rely on. */
export interface ApplyRights {
  /** `takeOwnership`, or a correction of drift: what others wrote is taken back. */
  readonly force: boolean;
  /** The object as the inventory knows it, if it does. */
  readonly owned: InventoryEntry | undefined;
  /** Fields that were ours after the last apply. */
  readonly fields: JsonObject | undefined;
  /** Whose objects may become ours; undefined for nobody's. */
  readonly adoption?: AdoptionGround | undefined;
}

/**
 * Applies one object and returns it as it is then, adopted where it was of the same release before. Fields that were ours are taken back from whoever changed them: a
 * new deployment wins over edits. Throws `FIELD_CONFLICT` when others own fields that were never ours.
 */
export async function applyObject(
  client: KubeClient,
  { target, object }: { readonly target: ObjectTarget; readonly object: KubeObject },
  rights: ApplyRights,
): Promise<KubeObject> {
  const applied = await applyOnce(client, { target, object }, rights);
  // What we applied before, or made just now, is ours already.
  if (rights.adoption === undefined || rights.owned?.uid !== undefined || !isAdoptable(applied, rights.adoption))
    return applied;
  await adoptObject(client, target, applied);
  return client.apply(target, object, { force: rights.force });
}

async function applyOnce(
  client: KubeClient,
  { target, object }: { readonly target: ObjectTarget; readonly object: KubeObject },
  rights: ApplyRights,
): Promise<KubeObject> {
  if (rights.force) return client.apply(target, object, { force: true });
  try {
    return await client.apply(target, object, { force: false });
  } catch (error) {
    const conflicts = statusOf(error)?.causes.filter((cause) => cause.reason === "FieldManagerConflict") ?? [];
    if (conflicts.length === 0) throw error;
    const live = rights.adoption === undefined ? undefined : await client.get(target);
    if (live !== undefined && rights.adoption !== undefined && isAdoptable(live, rights.adoption)) {
      await adoptObject(client, target, live);
      return client.apply(target, object, { force: false });
    }
    const foreign = await foreignConflicts(client, target, { conflicts, rights });
    if (foreign.length > 0) throw conflictError(object, foreign, error);
  }
  return client.apply(target, object, { force: true });
}

interface Conflicts {
  readonly conflicts: readonly StatusCause[];
  readonly rights: ApplyRights;
}

async function foreignConflicts(
  client: KubeClient,
  target: ObjectTarget,
  { conflicts, rights }: Conflicts,
): Promise<readonly StatusCause[]> {
  const { owned, fields } = rights;
  if (owned?.uid === undefined || fields === undefined) return conflicts;
  const live = await client.get(target);
  // Made anew by somebody else since: nothing in it was ever ours.
  if (live?.metadata.uid !== owned.uid) return conflicts;
  const ours = fieldPaths(fields);
  return conflicts.filter((cause) => !ours.has(cause.field));
}

function conflictError(object: KubeObject, foreign: readonly StatusCause[], cause: unknown): AppError {
  const fields = foreign.map(({ field, message }) => `${field} (${message})`).join("; ");
  const name = describeEntry(entryOf(object));
  return new AppError(
    "FIELD_CONFLICT",
    `${name}: others own fields that were never ours: ${fields}; leave them out of git, set helm.takeOwnership, or annotate the object in git with ${takeOwnershipAnnotation}: "true"`,
    { verdict: "waiting", afterMs: 60_000, cause },
  );
}

/** Returns the fields of an applied object that are ours now, in FieldsV1. */
export function ownFields(applied: KubeObject): JsonObject {
  const entry = readManagedFields(applied.metadata).find(
    ({ manager, operation, subresource }) => manager === fieldManager && operation === "Apply" && subresource === "",
  );
  return entry?.fields ?? {};
}
