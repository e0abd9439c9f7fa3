import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { isJsonList } from "../resources/json-fields.ts";
import { compareBytes, printGoJson, quoteGoString } from "../resources/go-text.ts";

/**
 * One step of a path, encoded as fieldsV1 writes it: `f:name` a field, `k:{"name":"web"}` an item of a list map,
 * `v:"x"` an item of a set, `i:0` an index. Two steps are equal exactly when their texts are.
 */
export type PathElement = string;

/** A path from the root of an object. */
export type FieldPath = readonly PathElement[];

/** Returns the step to a field. */
export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** Returns the step to the item of a list map with these keys; the order in which they are given does not matter. */
export function keyElement(keys: JsonObject): PathElement {
  return `k:${printGoJson(keys)}`;
}

/** Returns the step to an item of a set. */
export function valueElement(value: JsonValue): PathElement {
  return `v:${printGoJson(value)}`;
}

/** Returns the step to an item of an atomic list. */
export function indexElement(index: number): PathElement {
  return `i:${index}`;
}

/** Returns a path of fields. */
export function fieldPath(...names: readonly string[]): FieldPath {
  return names.map(fieldElement);
}

/** Returns the field that a step names, undefined for a step into a list. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith("f:") ? element.slice(2) : undefined;
}

/** Returns whether a step goes to the item of a list map. */
export function isKeyElement(element: PathElement): boolean {
  return element.startsWith("k:");
}

/** Returns a step read from fieldsV1 in our one spelling of it; throws SyntaxError on anything else. */
export function parsePathElement(text: string): PathElement {
  const content = text.slice(2);
  switch (text.slice(0, 2)) {
    case "f:":
      return text;
    case "v:":
      return valueElement(parseJson(content));
    case "k:": {
      const keys = parseJson(content);
      if (isJsonObject(keys)) return keyElement(keys);
      throw new SyntaxError(`key is not an object: ${text}`);
    }
    case "i:":
      if (/^-?\d+$/.test(content)) return indexElement(Number(content));
      throw new SyntaxError(`invalid index: ${text}`);
    default:
      throw new SyntaxError(`unknown path element type: ${text}`);
  }
}

function parseJson(text: string): JsonValue {
  return JSON.parse(text);
}

function formatValue(value: JsonValue): string {
  if (typeof value === "string") return quoteGoString(value);
  if (isJsonList(value)) return `[${value.map((item) => formatValue(item)).join(",")}]`;
  if (isJsonObject(value)) return Object.entries(value).map(formatKey).join("");
  return String(value);
}

function formatKey([name, value]: readonly [string, JsonValue]): string {
  return `${name}=${formatValue(value)}`;
}

/** Returns a step as structured-merge-diff prints it: `.spec`, `[name="web"]`, `[="x"]`, `[0]`. */
export function formatPathElement(element: PathElement): string {
  const content = element.slice(2);
  switch (element.slice(0, 2)) {
    case "f:":
      return `.${content}`;
    case "v:":
      return `[=${formatValue(parseJson(content))}]`;
    case "k:": {
      const keys = parseJson(content);
      return `[${isJsonObject(keys) ? Object.entries(keys).map(formatKey).join(",") : ""}]`;
    }
    default:
      return `[${content}]`;
  }
}

/** Returns a path as kube-apiserver prints it: `.spec.containers[name="web"].image`. */
export function formatPath(path: FieldPath): string {
  return path.map(formatPathElement).join("");
}

const kindOrder = ["f", "k", "v", "i"];
const typeOrder = ["number", "string", "boolean", "object"];

function typeRank(value: JsonValue): number {
  return typeOrder.indexOf(typeof value === "bigint" ? "number" : typeof value);
}

function compareValues(left: JsonValue, right: JsonValue): number {
  const ranks = typeRank(left) - typeRank(right);
  if (ranks !== 0) return ranks;
  if (typeof left === "string" && typeof right === "string") return compareBytes(left, right);
  if (typeof left === "object" || typeof right === "object") return compareBytes(printGoJson(left), printGoJson(right));
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareKeys(left: JsonValue, right: JsonValue): number {
  if (!isJsonObject(left) || !isJsonObject(right)) return 0;
  const rightKeys = Object.entries(right);
  for (const [index, [name, value]] of Object.entries(left).entries()) {
    const other = rightKeys[index];
    if (other === undefined) return 1;
    const order = compareBytes(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return Object.keys(left).length - rightKeys.length;
}

/** Returns the order of two steps as structured-merge-diff sorts them: fields, keys, values, indexes. */
export function comparePathElements(left: PathElement, right: PathElement): number {
  if (left === right) return 0;
  const kinds = kindOrder.indexOf(left.charAt(0)) - kindOrder.indexOf(right.charAt(0));
  if (kinds !== 0) return kinds;
  const [a, b] = [left.slice(2), right.slice(2)];
  switch (left.charAt(0)) {
    case "f":
      return compareBytes(a, b);
    case "k":
      return compareKeys(parseJson(a), parseJson(b));
    case "v":
      return compareValues(parseJson(a), parseJson(b));
    default:
      return Number(a) - Number(b);
  }
}
