import { type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { stableJson } from "../../../codec/stable-hash.ts";

/** A JSON patch that cannot be applied; the message names the operation. */
export class JsonPatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "JsonPatchError";
  }
}

/** Returns a document with a JSON patch (RFC 6902) applied. Throws `JsonPatchError`. */
export function applyJsonPatch(document: JsonValue, patch: readonly JsonValue[]): JsonValue {
  return patch.reduce<JsonValue>((current, operation, index) => {
    try {
      return applyOperation(current, operation);
    } catch (error) {
      if (!(error instanceof JsonPatchError)) throw error;
      throw new JsonPatchError(`operation ${index}: ${error.message}`);
    }
  }, document);
}

function applyOperation(document: JsonValue, operation: JsonValue): JsonValue {
  if (!isJsonObject(operation)) throw new JsonPatchError("must be a map with op and path");
  const path = pointerOf(operation["path"], "path");
  const value = (): JsonValue => {
    if (operation["value"] === undefined) throw new JsonPatchError("value is missing");
    return operation["value"];
  };
  const { op } = operation;
  switch (typeof op === "string" ? op : "") {
    case "add":
      return change(document, path, { insert: value() });
    case "replace":
      readAt(document, path);
      return change(document, path, { replace: value() });
    case "remove":
      return change(document, path, "remove");
    case "move": {
      const from = pointerOf(operation["from"], "from");
      const moved = readAt(document, from);
      return change(change(document, from, "remove"), path, { insert: moved });
    }
    case "copy":
      return change(document, path, { insert: readAt(document, pointerOf(operation["from"], "from")) });
    case "test":
      if (stableJson(readAt(document, path)) !== stableJson(value())) {
        throw new JsonPatchError(`the test of /${path.join("/")} failed`);
      }
      return document;
    default:
      throw new JsonPatchError(`op ${JSON.stringify(op)} is none of add, remove, replace, move, copy, test`);
  }
}

function pointerOf(value: JsonValue | undefined, name: string): string[] {
  if (typeof value !== "string" || (value !== "" && !value.startsWith("/"))) {
    throw new JsonPatchError(`${name} must be a JSON pointer such as /spec/replicas`);
  }
  return value
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function readAt(document: JsonValue, path: readonly string[]): JsonValue {
  let current: JsonValue | undefined = document;
  for (const part of path) {
    if (Array.isArray(current)) current = current[indexOf(current, part)];
    else current = isJsonObject(current) && Object.hasOwn(current, part) ? current[part] : undefined;
    if (current === undefined) throw new JsonPatchError(`there is nothing at /${path.join("/")}`);
  }
  return current;
}

type Change = "remove" | { readonly insert: JsonValue } | { readonly replace: JsonValue };

function change(document: JsonValue, path: readonly string[], how: Change): JsonValue {
  const [part, ...rest] = path;
  if (part === undefined) {
    if (how === "remove") return null;
    return "insert" in how ? how.insert : how.replace;
  }
  if (Array.isArray(document)) return changeList(document, { part, rest }, how);
  if (!isJsonObject(document)) throw new JsonPatchError(`there is no map or list above ${part}`);
  const { [part]: member, ...others } = document;
  if (rest.length === 0) {
    if (how === "remove" && member === undefined) throw new JsonPatchError(`there is no ${part} to remove`);
    return how === "remove" ? others : { ...document, [part]: change(null, [], how) };
  }
  if (member === undefined) throw new JsonPatchError(`there is no ${part}`);
  return { ...document, [part]: change(member, rest, how) };
}

function changeList(list: readonly JsonValue[], at: { part: string; rest: readonly string[] }, how: Change): JsonValue {
  const { part, rest } = at;
  if (rest.length === 0 && how !== "remove" && "insert" in how) {
    const index = part === "-" ? list.length : indexOf([...list, null], part);
    return list.toSpliced(index, 0, how.insert);
  }
  const index = indexOf(list, part);
  if (rest.length === 0 && how === "remove") return list.toSpliced(index, 1);
  return list.with(index, change(list[index] ?? null, rest, how));
}

/** Returns the index that a pointer part names; negative ones count from the end, as Fleet's library has it. */
function indexOf(list: readonly JsonValue[], part: string): number {
  const index = /^-?(?:0|[1-9]\d*)$/.test(part) ? Number(part) : Number.NaN;
  const resolved = index < 0 ? list.length + index : index;
  if (!(resolved >= 0 && resolved < list.length)) throw new JsonPatchError(`there is no item ${part}`);
  return resolved;
}
