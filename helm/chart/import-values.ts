import type { JsonValue } from "../../codec/json-value.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { fromPlainValue } from "../functions/plain-value.ts";
import type { GoMap } from "../template/go-value.ts";
import { printValue } from "../template/print-value.ts";
import { chartOf, type ChartNode } from "./chart-node.ts";
import { copyValues, tableAt } from "./chart-values.ts";
import { mergeTables, mergeValues } from "./coalesce-values.ts";

/** Puts the values that charts import among their defaults, subcharts first (Helm: `processDependencyImportValues`). */
export function importValues(node: ChartNode, warn: (message: string) => void): void {
  for (const child of node.dependencies) importValues(child, warn);
  const entries = node.metadata.dependencies;
  if (entries === undefined) return;
  const defaults = mergeValues(chartOf(node), new Map());
  let imported: GoMap = new Map();
  for (const entry of entries) {
    // Helm does not know its own form of an entry again, which is there when another chart shares it.
    const wanted = entry.isImported ? [] : entry.importValues.map(readImport);
    for (const one of wanted) {
      const table = tableAt(defaults, `${entry.name}.${one.child}`);
      if (table === undefined) warn(`ImportValues missing table from chart ${entry.name}: ${one.child}`);
      else imported = mergeTables(imported, nest(one.parent, table));
    }
    entry.importValues = wanted;
    entry.isImported = true;
  }
  node.values = mergeTables(copyValues(defaults), imported);
}

/** Returns an entry of `import-values`, a text as Helm means it. */
export function readImport(entry: JsonValue): { readonly child: string; readonly parent: string } {
  if (!isJsonObject(entry)) return { child: `exports.${typeof entry === "string" ? entry : ""}`, parent: "." };
  const text = (key: string): string => printValue(fromPlainValue(entry[key]));
  return { child: text("child"), parent: text("parent") };
}

function nest(path: string, table: GoMap): GoMap {
  if (path === ".") return table;
  return path.split(".").reduceRight<GoMap>((inner, name) => new Map([[name, inner]]), table);
}
