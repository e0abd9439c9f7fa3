import { splitYaml } from "../../codec/split-yaml.ts";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { fromPlainValue } from "../functions/plain-value.ts";
import { type GoMap, type GoValue, isGoMap } from "../template/go-value.ts";
import { FieldReader } from "./read-fields.ts";
import { readYaml } from "./read-yaml.ts";

/** Returns the values of a YAML text, its documents merged in order (Helm: `LoadValues`). Throws `CodecError` and `FieldTypeError`. */
export function readValues(text: string): GoMap {
  let values: GoMap = new Map();
  for (const chunk of splitYaml(text)) {
    const value = readYaml(chunk.text);
    values = mergeMaps(values, valuesOf(mapOf(value)));
  }
  return values;
}

function mapOf(value: JsonValue): JsonValue {
  return isJsonObject(value) ? value : new FieldReader("map[string]interface {}", value).object;
}

/** Returns plain data as values, every number a float64; anything but an object is no values. */
export function valuesOf(value: unknown): GoMap {
  const values = fromPlainValue(value);
  return isGoMap(values) ? values : new Map();
}

/** Returns both maps merged, maps in maps too; the second wins, null counts as a value (Helm: `MergeMaps`). */
export function mergeMaps(base: GoMap, over: GoMap): GoMap {
  const merged = new Map(base);
  for (const [key, value] of over) {
    const under = merged.get(key);
    merged.set(key, isGoMap(value) && isGoMap(under) ? mergeMaps(under, value) : value);
  }
  return merged;
}

/** Returns a copy that shares no map and no list. */
export function copyValues(values: GoMap): GoMap {
  return new Map([...values].map(([key, value]) => [key, copyValue(value)] as const));
}

function copyValue(value: GoValue): GoValue {
  if (isGoMap(value)) return copyValues(value);
  return Array.isArray(value) ? value.map((item) => copyValue(item)) : value;
}

/** Returns the table at a dotted path, undefined where there is none (Helm: `Values.Table`). */
export function tableAt(values: GoMap, path: string): GoMap | undefined {
  let table: GoMap | undefined = values;
  for (const name of path.split(".")) {
    const found: GoValue = table.get(name);
    if (!isGoMap(found)) return undefined;
    table = found;
  }
  return table;
}

/** Returns the value at a dotted path unless it is a table; undefined where there is none (Helm: `Values.PathValue`). */
export function valueAt(values: GoMap, path: string): GoValue {
  const at = path.lastIndexOf(".");
  const table = at < 0 ? values : tableAt(values, path.slice(0, at));
  const found = table?.get(path.slice(at + 1));
  return isGoMap(found) ? undefined : found;
}
