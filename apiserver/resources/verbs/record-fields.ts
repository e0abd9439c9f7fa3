import { applyObject, type ApplyResult } from "../../apply/apply-object.ts";
import { trackUpdate } from "../../apply/track-update.ts";
import { compareKeys } from "../../storage/collection.ts";
import type { ApiObject, ManagedFieldsEntry } from "../api-object.ts";
import { withoutFields } from "../json-fields.ts";
import { resetFieldsFor } from "../reset-fields.ts";
import { metaTime, schemaOf, type WriteRequest, type WriterParts } from "./write-request.ts";

/** A request and the server that carries it out. */
export interface Writing {
  readonly request: WriteRequest;
  readonly parts: WriterParts;
}

/** How a changed object gets its managedFields: by comparison, or not at all when the change has set them (apply). */
export interface ChangeOptions {
  readonly tracked: boolean;
}

/** Returns a created or updated object with its managedFields. */
export function recordUpdate(updated: ApiObject, live: ApiObject | undefined, writing: Writing): ApiObject {
  const tracked = trackUpdate({ ...trackingContext(live, writing), updated });
  return writing.request.subresource === "scale" ? withoutScaleTimes(tracked) : tracked;
}

/** Writes of the scale subresource are recorded without a time (ScaleHandler of k8s.io/apimachinery), and so come first. */
function withoutScaleTimes(object: ApiObject): ApiObject {
  const { managedFields = [] } = object.metadata;
  const timeless = managedFields.map((entry): ManagedFieldsEntry =>
    entry.subresource === "scale" ? withoutFields(entry, "time") : entry,
  );
  const sorted = timeless.toSorted((left, right) => compareKeys(orderOf(left), orderOf(right)));
  return { ...object, metadata: { ...object.metadata, managedFields: sorted } };
}

function orderOf({ operation = "", time = "", manager = "" }: ManagedFieldsEntry): string {
  return `${operation} ${time} ${manager}`;
}

/** Returns what a server-side apply makes of the live object; throws Conflict, BadRequest. */
export function recordApply(
  applied: ApiObject,
  live: ApiObject | undefined,
  writing: Writing & { readonly force: boolean },
): ApplyResult {
  return applyObject({ ...trackingContext(live, writing), applied, force: writing.force });
}

function trackingContext(live: ApiObject | undefined, { request, parts }: Writing) {
  const { definition, fieldManager, subresource } = request;
  const { names } = definition;
  return {
    live,
    manager: fieldManager,
    schema: schemaOf(definition),
    time: metaTime(parts.clock.now()),
    subresource,
    resetFields: resetFieldsFor({
      group: names.group,
      plural: names.plural,
      subresource,
      hasStatus: definition.subresources["status"] !== undefined,
      builtIn: definition.builtIn,
    }),
  };
}
