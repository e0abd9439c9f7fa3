import { ApiError, badRequest, unsupportedMediaType } from "../resources/api-error.ts";
import { plainFault } from "../resources/field-error.ts";
import { applyConfigured, patchObject, type ObjectPatch } from "../resources/verbs/patch-object.ts";
import type { WriteRequest } from "../resources/verbs/write-request.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { ok, type Answer } from "./answer.ts";
import { presentObject } from "./present.ts";
import { mediaTypeOf, parseBody, readBody } from "./read-body.ts";
import { invalidOptions, parseWriteOptions, type WriteOptions } from "./request-query.ts";
import { writeRequestOf, type StoredCall } from "./resource-call.ts";

const patchTypes: Readonly<Record<string, ObjectPatch["type"]>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

/** Media type of a server-side apply. */
export const applyMediaType = "application/apply-patch+yaml";

/** Answers a PATCH of an object or of its status, by the patch's media type. */
export async function servePatch(call: StoredCall): Promise<Answer> {
  const mediaType = mediaTypeOf(call.request);
  const options = parseWriteOptions(call.query, "PatchOptions");
  const isApply = mediaType === applyMediaType;
  checkOptions(options, isApply);
  const request: WriteRequest = writeRequestOf(call, options);
  const writing = { request, parts: call.server };
  if (isApply) {
    const bytes = await readBody(call.request, call.server.maxBodyBytes);
    const configuration = parseBody(bytes, applyMediaType, call.definition.names.kind);
    const outcome = await applyConfigured(configuration, { ...writing, force: options.force ?? false });
    return { status: outcome.created ? 201 : 200, body: presentObject(outcome.object, call) };
  }
  const patch = await readPatch(call);
  return ok(presentObject(await patchObject(patch, writing), call));
}

/** Reads a JSON, merge or strategic merge patch; throws 415 for other media types. */
export async function readPatch(call: StoredCall): Promise<ObjectPatch> {
  const type = patchTypes[mediaTypeOf(call.request)];
  if (type === undefined || (type === "strategic" && !call.definition.builtIn)) {
    throw unknownPatchType(call.definition.builtIn);
  }
  const bytes = await readBody(call.request, call.server.maxBodyBytes);
  try {
    return { type, value: parseJson(bytes.toString("utf8")) };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw badRequest(`error decoding patch: ${error.message}`);
  }
}

function unknownPatchType(isBuiltIn: boolean): ApiError {
  if (isBuiltIn) return new ApiError("UnsupportedMediaType", "415: Unsupported Media Type", { details: {} });
  return unsupportedMediaType(["application/json-patch+json", "application/merge-patch+json", applyMediaType]);
}

function checkOptions({ fieldManager, force }: WriteOptions, isApply: boolean): void {
  if (isApply && fieldManager === "") {
    throw invalidOptions("PatchOptions", [
      plainFault("FieldValueRequired", "fieldManager", "is required for apply patch"),
    ]);
  }
  if (!isApply && force !== undefined) {
    throw invalidOptions("PatchOptions", [
      plainFault("FieldValueForbidden", "force", "may not be specified for non-apply patch"),
    ]);
  }
}
