import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { ApiError, badRequest } from "../resources/api-error.ts";
import { isJsonList, jsonEqual, ownField } from "../resources/json-fields.ts";
import { addAt, PointerError, removeAt, replaceAt, valueAt } from "./json-pointer.ts";

/** kube-apiserver's limit on the operations of one patch. */
const maxOperations = 10_000;

/**
 * Returns the document after the operations of a JSON patch (RFC 6902). Throws ApiError: BadRequest when the patch is
 * no list of objects, RequestEntityTooLarge, and Invalid when an operation does not apply; kube-apiserver does not
 * say which, the error's `cause` does.
 */
export function jsonPatch(document: JsonObject, operations: JsonValue): JsonObject {
  if (!isJsonList(operations) || !operations.every(isJsonObject)) {
    throw badRequest(
      "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    );
  }
  if (operations.length > maxOperations) {
    throw new ApiError(
      "RequestEntityTooLarge",
      `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  }
  const result = applyAll(document, operations);
  if (isJsonObject(result)) return result;
  throw notApplicable(new PointerError("", "the patched document is no object"));
}

function notApplicable(cause: PointerError): ApiError {
  const message = "the server rejected our request due to an error in our request";
  return new ApiError("Invalid", message, { details: {}, cause });
}

function applyAll(document: JsonObject, operations: readonly JsonObject[]): JsonValue {
  let result: JsonValue = document;
  try {
    for (const operation of operations) result = applyOne(result, operation);
    return result;
  } catch (error) {
    if (error instanceof PointerError) throw notApplicable(error);
    throw error;
  }
}

function pointerOf(operation: JsonObject, field: "from" | "path"): string {
  const pointer = ownField(operation, field);
  if (typeof pointer === "string") return pointer;
  throw new PointerError("", `the operation has no ${field}`);
}

function applyOne(document: JsonValue, operation: JsonObject): JsonValue {
  const kind = ownField(operation, "op");
  const path = pointerOf(operation, "path");
  const value = ownField(operation, "value") ?? null;
  switch (typeof kind === "string" ? kind : "") {
    case "add":
      return addAt(document, path, value);
    case "remove":
      return removeAt(document, path);
    case "replace":
      return path === "" ? value : replaceAt(document, path, value);
    case "move": {
      const from = pointerOf(operation, "from");
      return addAt(removeAt(document, from), path, valueAt(document, from));
    }
    case "copy":
      return addAt(document, path, valueAt(document, pointerOf(operation, "from")));
    case "test":
      if (jsonEqual(path === "" ? document : valueAt(document, path), value)) return document;
      throw new PointerError(path, "the test failed");
    default:
      throw new PointerError(path, `there is no operation ${JSON.stringify(kind)}`);
  }
}
