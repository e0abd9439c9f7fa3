import type { JsonValue } from "../../codec/json-value.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { fromPlainValue } from "../functions/plain-value.ts";
import type { GoMap } from "../template/go-value.ts";
import { printValue } from "../template/print-value.ts";
import type { Chart } from "./chart.ts";
import type { ChartDependency } from "./chart-metadata.ts";
import { copyValues, tableAt } from "./chart-values.ts";
import { mergeTables, mergeValues } from "./coalesce-values.ts";

/** Returns the chart with the values that it imports among its defaults, subcharts first (Helm: `processDependencyImportValues`). */
export function importValues(chart: Chart, warn: (message: string) => void): Chart {
  const whole = { ...chart, dependencies: chart.dependencies.map((child) => importValues(child, warn)) };
  const entries = whole.metadata.dependencies;
  if (entries === undefined) return whole;
  const defaults = mergeValues(whole, new Map());
  let imported: GoMap = new Map();
  const done = entries.map((entry) => {
    if (entry === undefined) return entry;
    const wanted = entry.importValues.map(readImport);
    for (const one of wanted) {
      const table = tableAt(defaults, `${entry.name}.${one.child}`);
      if (table === undefined) warn(`ImportValues missing table from chart ${entry.name}: ${one.child}`);
      else imported = mergeTables(imported, nest(one.parent, table));
    }
    return { ...entry, importValues: wanted } satisfies ChartDependency;
  });
  return {
    ...whole,
    metadata: { ...whole.metadata, dependencies: done },
    values: mergeTables(copyValues(defaults), imported),
  };
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
