import type { ApiObject } from "../resources/api-object.ts";
import { jsonEqual, withoutFields } from "../resources/json-fields.ts";
import { withoutManagedFields } from "./managed-fields.ts";

/**
 * Returns the updated object with the live one's managedFields when nothing but their times differs, so that a
 * request without effect is not a write (IgnoreManagedFieldsTimestampsTransformer of k8s.io/apiserver). Call it last,
 * after defaulting and admission.
 */
export function keepTimestamps(live: ApiObject, updated: ApiObject): ApiObject {
  const before = live.metadata.managedFields ?? [];
  const after = updated.metadata.managedFields ?? [];
  if (before.length === 0 || before.length !== after.length) return updated;
  const sameOwners = before.every((entry, index) => {
    const other = after[index];
    return other !== undefined && jsonEqual(withoutFields(entry, "time"), withoutFields(other, "time"));
  });
  if (!sameOwners || !jsonEqual(withoutManagedFields(live), withoutManagedFields(updated))) return updated;
  return { ...updated, metadata: { ...updated.metadata, managedFields: before } };
}
