import { formatGoFloat } from "../../codec/go-float.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { quoteWord } from "./schema-fault.ts";

/** Returns whether something is a JSON number; those beyond 2^53 come as bigint. */
export function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Returns whether a number has no fraction. */
export function isWhole(value: number | bigint): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

/** Returns whether a number is a whole multiple of another, by its decimal digits: 0.3 is one of 0.1. */
export function isMultiple(value: number | bigint, of: number | bigint): boolean {
  const [a, b] = [decimal(value), decimal(of)];
  if (b.digits === 0n) return true;
  const scale = Math.max(a.places, b.places);
  return (a.digits * 10n ** BigInt(scale - a.places)) % (b.digits * 10n ** BigInt(scale - b.places)) === 0n;
}

function decimal(value: number | bigint): { readonly digits: bigint; readonly places: number } {
  if (typeof value === "bigint") return { digits: value, places: 0 };
  const [mantissa = "0", power = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const places = fraction.length - Number(power);
  const digits = BigInt(whole + fraction);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Returns a number as Go prints it for English readers: `1,234.5`, `1×10⁰⁶`. */
export function printBound(value: number | bigint): string {
  const [mantissa = "", power] = formatGoFloat(Number(value), { bits: 64 }).split("e");
  if (power === undefined) return grouped(mantissa);
  const raised = power.replace("+", "").replace("-", "⁻");
  return `${mantissa}×10${raised.replaceAll(/\d/gu, (digit) => superscripts[Number(digit)] ?? "")}`;
}

/** Returns a count with a comma before every three digits. */
export function grouped(text: string): string {
  const [whole = "", fraction] = text.split(".");
  const commas = whole.replaceAll(/\B(?=(?:\d{3})+$)/gu, ",");
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}

/** Returns a value for a message: texts in quotes, lists and maps as `value`. */
export function printPlain(value: unknown): string {
  if (typeof value === "string") return quoteWord(value);
  if (value === null) return "<nil>";
  if (typeof value === "number") return formatGoFloat(value, { bits: 64, exponentFrom: 21 });
  return typeof value === "boolean" || typeof value === "bigint" ? String(value) : "value";
}

/** Returns whether two JSON values are the same, numbers by their value. */
export function isSame(a: unknown, b: unknown): boolean {
  // oxlint-disable-next-line eqeqeq -- a bigint and a number may be one value
  if (isNumber(a) && isNumber(b)) return a == b;
  if (Array.isArray(a) && Array.isArray(b)) {
    const other: readonly unknown[] = b;
    return a.length === b.length && a.every((item: unknown, index) => isSame(item, other[index]));
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
    );
  }
  return a === b;
}
