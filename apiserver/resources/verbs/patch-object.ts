import type { JsonObject, JsonValue } from "../../../codec/json-value.ts";
import { jsonPatch } from "../../patch/json-patch.ts";
import { mergePatch } from "../../patch/merge-patch.ts";
import { strategicMergePatch } from "../../patch/strategic-merge-patch.ts";
import { ApiError, badRequest } from "../api-error.ts";
import { isApiObject, type ApiObject } from "../api-object.ts";
import { formatFieldError, valueFault } from "../field-error.ts";
import { printGoJson } from "../go-text.ts";
import { findTypeFault } from "../schema/find-type-fault.ts";
import { createObject } from "./create-object.ts";
import { decodeObject, type RawObject } from "./decode-object.ts";
import { recordApply, type Writing } from "./record-fields.ts";
import { changeObject } from "./update-object.ts";
import { keyOf, schemaOf } from "./write-request.ts";

/** A patch of one of the three kinds that change a known object. */
export interface ObjectPatch {
  readonly type: "json" | "merge" | "strategic";
  readonly value: JsonValue;
}

/** What became of a server-side apply. */
export interface ApplyOutcome {
  readonly object: ApiObject;
  readonly created: boolean;
}

/** How often an apply starts again when the object appears or vanishes meanwhile. */
const maxApplyAttempts = 5;

/** Patches an object and returns it. Throws NotFound, Conflict, Invalid, BadRequest. */
export async function patchObject(patch: ObjectPatch, writing: Writing): Promise<ApiObject> {
  const { request } = writing;
  const change = (live: ApiObject): ApiObject => {
    const value = applyPatch(patch, live, writing);
    checkTypes(value, writing);
    const patched = decodeObject({ value }, request);
    checkName(patched, writing);
    return patched;
  };
  return changeObject(change, writing, { tracked: true });
}

/** A built-in object that no longer fits its Go type is Invalid here, and not a BadRequest as on create and update. */
function checkTypes(value: JsonObject, { request }: Writing): void {
  const { definition } = request;
  if (!definition.builtIn) return;
  const fault = findTypeFault(value, schemaOf(definition), definition.names.kind);
  if (fault === undefined) return;
  const shown = valueFault("FieldValueInvalid", "patch", { value: printGoJson(value), detail: fault });
  const causes = [{ reason: shown.type, message: shown.body, field: shown.field }];
  throw new ApiError("Invalid", ` "" is invalid: ${formatFieldError(shown)}`, { details: { causes } });
}

/** Returns what a patch makes of a document. */
export function applyPatch(patch: ObjectPatch, document: JsonObject, { request }: Writing): JsonObject {
  switch (patch.type) {
    case "json":
      return jsonPatch(document, patch.value);
    case "merge":
      return mergePatch(document, patch.value);
    case "strategic":
      return strategicMergePatch(document, patch.value, schemaOf(request.definition));
  }
}

/** Applies a configuration server-side: creates the object or merges into it. Throws Conflict naming the fields. */
export async function applyConfigured(
  configuration: RawObject,
  writing: Writing & { readonly force: boolean },
): Promise<ApplyOutcome> {
  const { request } = writing;
  const applied = configurationOf(configuration, writing);
  for (let attempt = 1; ; attempt++) {
    const exists = await objectExists(writing);
    try {
      if (exists) return { object: await applyToLive(applied, writing), created: false };
      if (request.subresource !== "") await request.definition.store.get(keyOf(request));
      const { object } = recordApply(applied, undefined, writing);
      return { object: await createObject(object, writing, { tracked: false }), created: true };
    } catch (error) {
      const isRace = error instanceof ApiError && error.reason === (exists ? "NotFound" : "AlreadyExists");
      if (!isRace || attempt >= maxApplyAttempts || request.subresource !== "") throw error;
    }
  }
}

async function applyToLive(applied: ApiObject, writing: Writing & { readonly force: boolean }): Promise<ApiObject> {
  return changeObject((live) => recordApply(applied, live, writing).object, writing, { tracked: false });
}

/** Returns the configuration of an apply; its name must be that of the request. */
function configurationOf(raw: RawObject, writing: Writing): ApiObject {
  const { request } = writing;
  // The apply itself refuses what the schema does not know, so nothing is pruned from what the client configures.
  const { value } = raw;
  if (!isApiObject(value)) {
    throw badRequest("the body of an apply must be an object with apiVersion, kind and metadata");
  }
  const { metadata } = value;
  if (metadata.name === undefined || metadata.name === "") {
    throw badRequest(`the name of the object (${request.name} based on URL) was undeterminable: name must be provided`);
  }
  checkName(value, writing);
  return value;
}

function checkName({ metadata }: ApiObject, { request }: Writing): void {
  const { name = "", namespace = "" } = metadata;
  if (name !== request.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${request.name})`);
  }
  if (namespace !== "" && request.definition.names.namespaced && namespace !== request.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

async function objectExists({ request }: Writing): Promise<boolean> {
  try {
    await request.definition.store.get(keyOf(request));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === "NotFound") return false;
    throw error;
  }
}
