import type { ApiObject, ManagedFieldsEntry } from "../resources/api-object.ts";
import { emptyGoStruct } from "../resources/go-struct.ts";
import type { KindSchema } from "../resources/open-api-schema.ts";
import type { TrackingContext } from "./apply-request.ts";
import { emptyFieldSet, fieldSetOf, type FieldSet } from "./field-set.ts";
import type { ManagerIdentity, Operation } from "./managed-fields.ts";
import { fieldPath } from "./path-element.ts";

/** Returns who makes a request, as its managedFields entry will say. */
export function identityOf(request: TrackingContext, object: ApiObject, operation: Operation): ManagerIdentity {
  return {
    manager: request.manager === "" ? "unknown" : request.manager,
    operation,
    apiVersion: object.apiVersion,
    subresource: request.subresource ?? "",
  };
}

/** Returns the set of fields that a request cannot change. */
export function resetFieldsOf({ resetFields = [] }: TrackingContext): FieldSet {
  if (resetFields.length === 0) return emptyFieldSet;
  return fieldSetOf(...resetFields.map((path) => fieldPath(...path)));
}

/** Returns the object against which a create is compared: a built-in kind's empty struct, else the bare kind. */
export function emptyLiveObject({ apiVersion, kind }: ApiObject, schema: KindSchema): ApiObject {
  const bare: ApiObject = { apiVersion, kind, metadata: {} };
  return schema.goStructs === true ? { ...emptyGoStruct(schema), ...bare } : bare;
}

/** Returns whether the client asked to forget all owners: `managedFields: []` or `[{}]`. */
export function isReset(entries: readonly ManagedFieldsEntry[] | null | undefined): boolean {
  if (entries === undefined || entries === null) return false;
  const [first] = entries;
  return first === undefined || (entries.length === 1 && Object.keys(first).length === 0);
}
