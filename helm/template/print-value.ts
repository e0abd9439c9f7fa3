import { formatFloat } from "./format-float.ts";
import { sortedKeys } from "./go-string.ts";
import { spendValues } from "./run-cost.ts";
import { GoComplex, GoInt, type GoValue } from "./go-value.ts";

/** Returns a value as `{{ . }}` prints it: Go's `%v`, nil as `<nil>`. */
export function printValue(value: GoValue): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "number") return formatFloat(value, "g");
  if (typeof value === "boolean") return value ? "true" : "false";
  spendValues(1);
  if (value instanceof GoInt) return value.value.toString();
  if (value instanceof Map) {
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${printValue(value.get(key))}`)
      .join(" ")}]`;
  }
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item)).join(" ")}]`;
  if (value instanceof Uint8Array) return `[${value.join(" ")}]`;
  if (value instanceof GoComplex) {
    const imaginary = formatFloat(value.imaginary, "g");
    const sign = /^[+-]/.test(imaginary) ? "" : "+";
    return `(${formatFloat(value.real, "g")}${sign}${imaginary}i)`;
  }
  return value.goString();
}
