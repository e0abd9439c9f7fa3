import {
  GoComplex,
  type GoKind,
  GoInt,
  type GoMap,
  GoObject,
  type GoValue,
  isGoMap,
  TypedMap,
  TypedSlice,
} from "./go-value.ts";
import { spendSteps } from "./run-cost.ts";
import { byteLength } from "./go-string.ts";

/** Returns the Go type as `%T` prints it; `<nil>` for no value. */
export function typeName(value: GoValue): string {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value === undefined || value === null) return "<nil>";
  if (value instanceof GoInt) return value.kind;
  if (value instanceof TypedMap) return value.goType;
  if (value instanceof Map) return "map[string]interface {}";
  if (value instanceof TypedSlice) return value.goType;
  if (Array.isArray(value)) return "[]interface {}";
  if (value instanceof Uint8Array) return "[]uint8";
  return value instanceof GoObject ? value.goType : "complex128";
}

/** Returns the Go kind as `reflect.Kind` prints it; `invalid` for no value. */
export function kindName(value: GoValue): GoKind {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value === undefined || value === null) return "invalid";
  if (value instanceof GoInt) return value.kind;
  if (value instanceof Map) return "map";
  if (Array.isArray(value) || value instanceof Uint8Array) return "slice";
  return value instanceof GoComplex ? "complex128" : value.kind;
}

/** Returns the type of what a list or map holds, as the static type of its elements is named: mostly `interface {}`. */
export function elementType(value: GoValue): string {
  if (value instanceof TypedMap) {
    return value.zero === null ? "interface {}" : value.goType.slice(value.goType.indexOf("]") + 1);
  }
  if (value instanceof TypedSlice) return value.goType.slice(value.goType.indexOf("]") + 1);
  return value instanceof Uint8Array ? "uint8" : "interface {}";
}

/** Returns whether Go's `if` takes a value for true: not zero, not empty, not nil. */
export function isTrue(value: GoValue): boolean {
  if (typeof value === "string") return value !== "";
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  if (value === undefined || value === null) return false;
  if (value instanceof Map) return value.size > 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof GoInt) return value.value !== 0n;
  if (value instanceof Uint8Array) return value.length > 0;
  if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0;
  return true;
}

/** Returns the length that Go's `len` gives, or `undefined` for what has none. */
export function lengthOf(value: GoValue): number | undefined {
  if (typeof value === "string") return byteLength(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return value instanceof Map ? value.size : undefined;
}

/** Returns the elements of a slice of any type, or `undefined` when it is none. */
export function sliceItems(value: GoValue): readonly GoValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => new GoInt(BigInt(byte), "uint8"));
  return undefined;
}

/** Returns whether two values are equal by Go's `reflect.DeepEqual`: the same types, all the way down. */
export function deepEqual(a: GoValue, b: GoValue): boolean {
  if (a === b) return true;
  if (a === undefined || a === null) return b === undefined || b === null;
  if (typeof a !== "object" || typeof b !== "object" || b === null) return false;
  spendSteps(1);
  if (typeName(a) !== typeName(b)) return false;
  if (a instanceof GoInt) return b instanceof GoInt && a.value === b.value;
  if (isGoMap(a)) return isGoMap(b) && equalMaps(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (a instanceof GoComplex) return b instanceof GoComplex && a.real === b.real && a.imaginary === b.imaginary;
  return b instanceof GoObject && a.goString() === b.goString();
}

function isNil(value: GoValue): boolean {
  return (value instanceof TypedMap || value instanceof TypedSlice) && value.isNil;
}

function equalLists(a: GoValue[], b: GoValue[]): boolean {
  if (a.length !== b.length || isNil(a) !== isNil(b)) return false;
  return a.every((item, index) => deepEqual(item, b[index]));
}

function equalMaps(a: GoMap, b: GoMap): boolean {
  if (a.size !== b.size || isNil(a) !== isNil(b)) return false;
  for (const [key, value] of a) {
    if (!b.has(key) || !deepEqual(value, b.get(key))) return false;
  }
  return true;
}
