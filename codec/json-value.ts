/** Any JSON value as we hold it in memory. Integers outside ±(2^53−1) are `bigint`, so that no digit is lost. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object; keys keep the order in which they were read. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Returns whether a value is a JSON object (not null, not a list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
