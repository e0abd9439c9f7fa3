import { type JsonValue, isJsonObject } from "../../../codec/json-value.ts";

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);

/** Returns a value with integers beyond int64 as floats, which is all that the Kubernetes API can hold. */
export function limitIntegers(value: JsonValue): JsonValue {
  if (typeof value === "bigint") return value > maxInt64 || value < minInt64 ? Number(value) : value;
  if (typeof value !== "object" || value === null || !holdsBigInt(value)) return value;
  if (!isJsonObject(value)) return value.map(limitIntegers);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, limitIntegers(member)]));
}

function holdsBigInt(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (holdsBigInt(member)) return true;
  }
  return false;
}
