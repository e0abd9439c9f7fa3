import { fn, type GoFunction } from "../../template/go-function.ts";
import { type GoMap, GoPanic, type GoValue, isStringAnyMap, TypedMap } from "../../template/go-value.ts";
import { quoteString } from "../../template/quote-string.ts";
import { yamlText } from "../yaml-text.ts";

/** A map of Helm's named type `common.Values`, as `.Values`, `.Template` and `.` itself are. */
export class ValuesMap extends TypedMap {
  constructor(entries: Iterable<readonly [string, GoValue]>) {
    super({ goType: "common.Values", zero: null, assignable: true, entries });
  }

  override method(name: string): GoFunction | undefined {
    switch (name) {
      case "AsMap":
        return fn([], () => new Map(this));
      case "YAML":
        return fn([], () => `${yamlText(this)}\n`);
      case "Table":
        return fn(["string"], (path) => new ValuesMap(tableAt(this, path.split("."))));
      case "PathValue":
        return fn(["string"], (path) => valueAt(this, path));
      default:
        return undefined;
    }
  }
}

function tableAt(values: GoMap, path: readonly string[]): GoMap {
  let table = values;
  for (const name of path) {
    const found = table.get(name);
    if (!isStringAnyMap(found)) throw new GoPanic(`${quoteString(name)} is not a table`);
    table = found;
  }
  return table;
}

function valueAt(values: GoMap, path: string): GoValue {
  if (path === "") throw new GoPanic("YAML path cannot be empty");
  const keys = path.split(".");
  const key = keys.pop() ?? "";
  const missing = new GoPanic(`${quoteString(key)} is not a value`);
  let table: GoMap;
  try {
    table = tableAt(values, keys);
  } catch (error) {
    if (error instanceof GoPanic) throw missing;
    throw error;
  }
  const found = table.get(key);
  if (found === undefined || (isStringAnyMap(found) && !(found instanceof ValuesMap))) throw missing;
  return found;
}
