import { applyObject, type ApplyResult } from "../../apply/apply-object.ts";
import { trackUpdate } from "../../apply/track-update.ts";
import type { ApiObject } from "../api-object.ts";
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
  return trackUpdate({ ...trackingContext(live, writing), updated });
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
