import type { ApiObject } from "../resources/api-object.ts";
import { throughGoStruct } from "../resources/go-struct.ts";
import type { UpdateRequest } from "./apply-request.ts";
import { capUpdaters } from "./cap-updaters.ts";
import { emptyLiveObject, identityOf, isReset, resetFieldsOf } from "./tracking.ts";
import { decodeOwnersLeniently, withOwners, withoutManagedFields, type Owners } from "./managed-fields.ts";
import { reconcileOwners, updateOwners } from "./update-owners.ts";
import { ConversionError, createVersionConverter } from "./versioned-object.ts";

/**
 * Returns the object of a create, update or patch with its managedFields: the updater owns what it changed or added.
 * The client may set managedFields itself, on the main resource; `[]` or `[{}]` forgets all owners, nothing or an
 * unreadable list means those of the live object.
 */
export function trackUpdate(request: UpdateRequest): ApiObject {
  const { live, schema } = request;
  const updated = throughGoStruct(withoutManagedFields(request.updated), schema);
  const owners = decodeLiveOrNew(request);
  // An existing object without owners is not tracked until somebody applies to it (skipNonAppliedManager).
  if (owners.size === 0 && live !== undefined) return updated;
  try {
    return withOwners(updated, trackOwners(request, updated, owners));
  } catch (error) {
    // An update must not fail on this: kube-apiserver then gives up tracking (UpdateNoErrors).
    if (error instanceof ConversionError) return updated;
    throw error;
  }
}

function trackOwners(request: UpdateRequest, updated: ApiObject, owners: Owners): Owners {
  const { live, schema, time } = request;
  const before = live === undefined ? emptyLiveObject(updated, schema) : withoutManagedFields(live);
  const converter = createVersionConverter(schema, updated);
  const reconciled = reconcileOwners(owners, before, converter);
  const by = identityOf(request, updated, "Update");
  const change = { live: before, changed: updated, owners: reconciled, by, converter };
  // Writes through `scale` leave an entry without a time (ScaleHandler of k8s.io/apimachinery).
  const entryTime = request.subresource === "scale" ? undefined : time;
  return capUpdaters(updateOwners({ ...change, resetFields: resetFieldsOf(request) }, entryTime));
}

function decodeLiveOrNew({ live, updated, subresource }: UpdateRequest): Owners {
  const ofLive = live?.metadata.managedFields;
  if (subresource !== undefined && subresource !== "") return decodeOwnersLeniently(ofLive);
  const entries = updated.metadata.managedFields;
  if (isReset(entries)) return new Map();
  const owners = decodeOwnersLeniently(entries);
  return owners.size > 0 ? owners : decodeOwnersLeniently(ofLive);
}
