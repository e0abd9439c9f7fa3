import { formatGoFloat } from "../../../codec/go-float.ts";
import {
  CelDuration,
  CelTimestamp,
  CelUint,
  type CelValue,
  isCelList,
  isCelMap,
  typeNameOf,
} from "../../../shared/cel/cel-value.ts";
import { printDuration, printTimestamp } from "../../../shared/cel/time-texts.ts";

/** Returns a value's type and text as `'%s %s'.format([type(value), value])` prints them. */
export function printValue(value: CelValue): string {
  return `${typeNameOf(value)} ${printPart(value, false)}`.trimEnd();
}

function printPart(value: CelValue, quoted: boolean): string {
  if (typeof value === "string") return quoted ? JSON.stringify(value) : value;
  if (typeof value === "number") return formatGoFloat(value, { bits: 64 });
  if (isCelList(value)) return `[${value.map((item) => printPart(item, true)).join(", ")}]`;
  if (isCelMap(value)) {
    const entries = [...value].map(([key, item]) => `${printPart(key, true)}:${printPart(item, true)}`);
    return `{${entries.toSorted().join(", ")}}`;
  }
  if (value instanceof CelTimestamp) return printTimestamp(value);
  if (value instanceof CelDuration) return printDuration(value);
  if (value instanceof CelUint) return String(value.value);
  return typeof value === "object" && value !== null ? typeNameOf(value) : String(value);
}
