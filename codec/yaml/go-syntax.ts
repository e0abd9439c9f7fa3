import { formatGoFloat } from "../go-float.ts";
import type { JsonValue } from "../json-value.ts";
import { compareGoKeys } from "../compare-go-keys.ts";

/** Returns a value as Go's `%#v` prints what go-yaml v2 reads; map keys are printed as texts. */
export function goSyntax(value: JsonValue): string {
  if (value === null) return "interface {}(nil)";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatGoFloat(value, { bits: 64 });
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  const entries = Object.entries(value).toSorted(([a], [b]) => compareGoKeys(a, b));
  return `map[interface {}]interface {}{${entries.map(([key, member]) => `${JSON.stringify(key)}:${goSyntax(member)}`).join(", ")}}`;
}

/** Returns what sigs.k8s.io/yaml says of a mapping with this key, which is null, a list, a mapping or above int64. */
export function goKeyFault(key: JsonValue, value: JsonValue): string {
  const shown = value === null ? "<nil>" : goSyntax(value);
  if (typeof key === "bigint")
    return `unsupported map key of type: uint64, key: 0x${key.toString(16)}, value: ${shown}`;
  if (key !== null) return `yaml: invalid map key: ${goSyntax(key)}`;
  return `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${shown}`;
}
