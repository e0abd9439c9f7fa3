import { type JsonObject, type JsonValue, isJsonObject } from "../../codec/json-value.ts";

/**
 * Returns helm values as charts get them: all numbers are 64-bit floats, so that integers above 2^53 lose digits (Fleet
 * decodes values into Go's `map[string]any`, and so does Helm).
 */
export function floatValues(values: JsonObject): JsonObject {
  return holdsBigInt(values)
    ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toFloat(value)]))
    : values;
}

function holdsBigInt(value: JsonValue): boolean {
  if (typeof value === "bigint") return true;
  if (Array.isArray(value)) return value.some(holdsBigInt);
  return isJsonObject(value) && Object.values(value).some(holdsBigInt);
}

function toFloat(value: JsonValue): JsonValue {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(toFloat);
  return isJsonObject(value) ? floatValues(value) : value;
}
