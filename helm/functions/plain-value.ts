import { expectText, spendValues } from "../template/run-cost.ts";
import {
  GoComplex,
  GoInt,
  type GoMap,
  GoObject,
  GoPanic,
  type GoValue,
  isGoMap,
  TypedMap,
  TypedSlice,
} from "../template/go-value.ts";

const maxDepth = 1000;
/** What printing a text as YAML takes for each character. */
const nanosecondsToPrint = 350;

/**
 * Returns parsed JSON or YAML as a Go value: objects as maps, every number as float64 (as Helm reads values and
 * `fromYaml` its text). The result shares nothing with the input and may be changed.
 */
export function fromPlainValue(value: unknown): GoValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  spendValues(4);
  if (Array.isArray(value)) return value.map((item) => fromPlainValue(item));
  const map: GoMap = new Map();
  for (const [key, member] of Object.entries(value)) map.set(key, fromPlainValue(member));
  return map;
}

/**
 * Returns a Go value as plain JSON data for the codecs, the way `encoding/json` sees it: integers beyond 2^53 as
 * `bigint`, nil slices and maps as null. Throws `GoPanic` for what JSON cannot hold.
 */
export function toPlainValue(value: GoValue): unknown {
  return plain(value, 0);
}

function plain(value: GoValue, depth: number): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") {
    expectText(value.length, nanosecondsToPrint);
    return value.isWellFormed() ? value : value.toWellFormed();
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new GoPanic("json: unsupported value");
    return value;
  }
  if (typeof value === "boolean") return value;
  if (value instanceof GoInt) {
    const number = Number(value.value);
    return Number.isSafeInteger(number) ? number : value.value;
  }
  spendValues(1);
  if (depth > maxDepth) throw new GoPanic("json: unsupported value: encountered a cycle");
  if (isGoMap(value)) return value instanceof TypedMap && value.isNil ? null : plainMap(value, depth);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) {
    return value instanceof TypedSlice && value.isNil ? null : Array.from(value, (item) => plain(item, depth + 1));
  }
  if (value instanceof GoComplex) throw new GoPanic("json: unsupported type: complex128");
  return value instanceof GoObject ? plain(value.toJsonValue(), depth + 1) : null;
}

function plainMap(map: GoMap, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, member] of map) {
    const name = key.isWellFormed() ? key : key.toWellFormed();
    if (name === "__proto__")
      Object.defineProperty(object, name, { value: plain(member, depth + 1), enumerable: true });
    else object[name] = plain(member, depth + 1);
  }
  return object;
}
