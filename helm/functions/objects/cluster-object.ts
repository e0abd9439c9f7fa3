import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { goInt64, type GoMap, type GoValue } from "../../template/go-value.ts";

/** Returns an object of a cluster as Helm's `lookup` gives it: whole numbers are int64, not float64 as in values. */
export function clusterObject(object: JsonObject): GoMap {
  return new Map(Object.entries(object).map(([key, value]) => [key, clusterValue(value)]));
}

function clusterValue(value: JsonValue): GoValue {
  if (typeof value === "bigint") return goInt64(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? goInt64(value) : value;
  if (isJsonObject(value)) return clusterObject(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  return value.map((item) => clusterValue(item));
}
