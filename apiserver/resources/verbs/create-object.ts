import { alreadyExists, ApiError, badRequest, invalidObject } from "../api-error.ts";
import type { ApiObject } from "../api-object.ts";
import type { FieldError } from "../field-error.ts";
import { withoutFields } from "../json-fields.ts";
import { validateFields } from "../schema/validate-fields.ts";
import { shapeObject } from "./decode-object.ts";
import { recordUpdate, type ChangeOptions, type Writing } from "./record-fields.ts";
import { stampNew } from "./stamp-metadata.ts";
import { distinctFaults, validateMetadata } from "./validate-metadata.ts";
import {
  hookContext,
  inServedVersion,
  keyOf,
  schemaOf,
  targetOf,
  type WriteRequest,
  type WriterParts,
} from "./write-request.ts";

/** How often a generated name that is taken is drawn again. */
const maxNameAttempts = 8;

/**
 * Stores a new object (for a dry run: does all but that) and returns it. `object` has been decoded, or come from a
 * server-side apply, which has set managedFields. Throws what the store and the kind's rules refuse.
 */
export async function createObject(object: ApiObject, writing: Writing, options: ChangeOptions): Promise<ApiObject> {
  const { request, parts } = writing;
  if ((object.metadata.resourceVersion ?? "") !== "") {
    throw new ApiError("Unknown", "resourceVersion should not be set on objects to be created");
  }
  checkNamespace(object, request);
  await parts.admit({ ...request, name: object.metadata.name ?? "" }, "CREATE");
  const isGenerated = (object.metadata.name ?? "") === "" && (object.metadata.generateName ?? "") !== "";
  for (let attempt = 1; ; attempt++) {
    const created = await prepareCreate(object, request, parts);
    try {
      const tracked = options.tracked ? recordUpdate(created, undefined, writing) : created;
      const allotted = request.definition.strategy.allot?.(tracked) ?? tracked;
      const stored = await storeNew(allotted, request);
      return inServedVersion(stored, request.definition);
    } catch (error) {
      const mayRetry = isGenerated && attempt < maxNameAttempts;
      if (!mayRetry || !(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    }
  }
}

/** Returns the object as it will be stored: stamped, prepared by its kind's strategy, defaulted and valid. */
async function prepareCreate(object: ApiObject, request: WriteRequest, parts: WriterParts): Promise<ApiObject> {
  const { definition } = request;
  const stamped = stampNew(withoutStatus(object, request), request, parts);
  const named = { ...request, name: stamped.metadata.name ?? "" };
  const context = hookContext(named, parts.clock.now());
  const prepared = (await definition.strategy.prepareForCreate?.(stamped, context)) ?? stamped;
  const defaulted = shapeObject(prepared, { ...named, fieldValidation: "Ignore" });
  const faults = await createFaults(defaulted, named, parts);
  if (faults.length > 0) throw invalidObject(definition.names, defaulted.metadata.name ?? "", faults);
  return defaulted;
}

async function createFaults(
  object: ApiObject,
  request: WriteRequest,
  parts: WriterParts,
): Promise<readonly FieldError[]> {
  const { definition } = request;
  const context = hookContext(request, parts.clock.now());
  return distinctFaults([
    ...validateMetadata(object, definition),
    ...((await definition.strategy.validateCreate?.(object, context)) ?? []),
    ...validateFields(object, schemaOf(definition)),
  ]);
}

/** Stores a prepared object, or in a dry run only looks whether the name is free. */
async function storeNew(object: ApiObject, request: WriteRequest): Promise<ApiObject> {
  const { store, strategy } = request.definition;
  const key = keyOf(request, object.metadata.name ?? "");
  if (!request.dryRun) {
    const created = await store.create(key, object);
    strategy.afterWrite?.({ object: created });
    return created;
  }
  const existing = await store.get(key).catch((error: unknown) => {
    if (error instanceof ApiError && error.reason === "NotFound") return undefined;
    throw error;
  });
  if (existing === undefined) return object;
  throw alreadyExists(targetOf(request), key.name);
}

/** A new object has no status where status is a subresource. */
function withoutStatus(object: ApiObject, { definition }: WriteRequest): ApiObject {
  if (definition.subresources["status"] === undefined || object["status"] === undefined) return object;
  const { apiVersion, kind, metadata } = object;
  return { ...withoutFields(object, "status"), apiVersion, kind, metadata };
}

function checkNamespace(object: ApiObject, request: WriteRequest): void {
  const { namespace = "" } = object.metadata;
  if (namespace !== "" && request.definition.names.namespaced && namespace !== request.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}
