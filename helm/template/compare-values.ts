import { noFlags } from "./format-flags.ts";
import { formatValue } from "./format-value.ts";
import { compareStrings } from "./go-string.ts";
import { kindName, typeName } from "./go-type.ts";
import { GoComplex, GoInt, GoPanic, type GoValue, isGoMap } from "./go-value.ts";
import { printValue } from "./print-value.ts";

type BasicKind = "invalid" | "bool" | "complex" | "int" | "float" | "string" | "uint";

function basicKind(value: GoValue): BasicKind {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "float";
  if (typeof value === "boolean") return "bool";
  if (value instanceof GoInt) return value.kind.startsWith("u") ? "uint" : "int";
  if (value instanceof GoComplex) return "complex";
  return kindName(value) === "int64" ? "int" : "invalid";
}

function intOf(value: GoValue): bigint {
  return value instanceof GoInt ? value.value : 0n;
}

function isNone(value: GoValue): boolean {
  return value === null || value === undefined;
}

/** Returns whether the first value equals one of the others: Go's `eq`. Throws `GoPanic` for kinds that cannot be compared. */
export function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new GoPanic("missing argument for comparison");
  return others.some((other) => equals(first, other));
}

function equals(a: GoValue, b: GoValue): boolean {
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  if (kindA !== kindB) {
    if ((kindA === "int" && kindB === "uint") || (kindA === "uint" && kindB === "int")) return intOf(a) === intOf(b);
    if (isNone(a) || isNone(b)) return false;
    throw new GoPanic(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  switch (kindA) {
    case "bool":
    case "float":
    case "string":
      return a === b;
    case "int":
    case "uint":
      return a instanceof GoInt && b instanceof GoInt ? a.value === b.value : printValue(a) === printValue(b);
    case "complex":
      return a instanceof GoComplex && b instanceof GoComplex && a.real === b.real && a.imaginary === b.imaginary;
    case "invalid":
      return equalsOther(a, b);
  }
}

function equalsOther(a: GoValue, b: GoValue): boolean {
  if (isNone(a) || isNone(b)) return isNone(a) === isNone(b);
  if (kindName(a) !== kindName(b)) {
    throw new GoPanic(
      `non-comparable types ${formatValue(a, "s", noFlags)}: ${typeName(a)}, ${typeName(b)}: ${printValue(b)}`,
    );
  }
  if (isGoMap(b) || Array.isArray(b) || b instanceof Uint8Array) {
    throw new GoPanic(`non-comparable type ${formatValue(b, "s", noFlags)}: ${typeName(b)}`);
  }
  return a === b;
}

/** Returns whether `a < b` by Go's `lt`. Throws `GoPanic` for kinds that have no order. */
export function isLess(a: GoValue, b: GoValue): boolean {
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  if (kindA === "invalid" || kindB === "invalid") throw new GoPanic("invalid type for comparison");
  if (kindA !== kindB) {
    if ((kindA === "int" && kindB === "uint") || (kindA === "uint" && kindB === "int")) return intOf(a) < intOf(b);
    throw new GoPanic(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b) < 0;
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (a instanceof GoInt && b instanceof GoInt) return a.value < b.value;
  throw new GoPanic("invalid type for comparison");
}
