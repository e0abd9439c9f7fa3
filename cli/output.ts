import { isJsonObject, type JsonObject, type JsonValue } from "../codec/json-value.ts";
import { printGoYaml } from "../codec/print-go-yaml.ts";
import { printJson } from "../codec/print-json.ts";
import { UsageError } from "./command.ts";

/** How results are printed. */
export const outputFormats = ["table", "wide", "yaml", "json"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** Returns the format that `-o` names, `table` without it; throws UsageError. */
export function parseOutput(text: string | undefined): OutputFormat {
  const found = outputFormats.find((format) => format === (text ?? "table"));
  if (found === undefined) throw new UsageError(`unknown output format ${text}: use ${outputFormats.join(", ")}`);
  return found;
}

/** Returns rows below a header, columns padded to their widest cell, as kubectl prints tables. */
export function printColumns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3)))
        .join("")
        .trimEnd(),
    )
    .join("\n");
}

/** Returns a value as YAML or JSON. */
export function printValue(value: JsonValue, format: "yaml" | "json"): string {
  return format === "json" ? printJson(value, { indent: 2 }) : printGoYaml(value).trimEnd();
}

/** Returns a `meta.k8s.io` Table as kubectl prints it; `wide` shows all columns, `namespaces` the namespace of each row. */
export function printServerTable(
  table: JsonObject,
  options: { readonly wide: boolean; readonly namespaces: boolean },
): string {
  const definitions = listOf(table["columnDefinitions"]).filter(isJsonObject);
  const shown = definitions
    .map((definition, index) => ({ definition, index }))
    .filter(({ definition }) => options.wide || definition["priority"] === 0);
  const header = [
    ...(options.namespaces ? ["NAMESPACE"] : []),
    ...shown.map(({ definition }) => cellText(definition["name"]).toUpperCase()),
  ];
  const rows = listOf(table["rows"])
    .filter(isJsonObject)
    .map((row) => {
      const cells = listOf(row["cells"]);
      const object = row["object"];
      const metadata = isJsonObject(object) ? object["metadata"] : undefined;
      const namespace =
        isJsonObject(metadata) && typeof metadata["namespace"] === "string" ? metadata["namespace"] : "";
      return [...(options.namespaces ? [namespace] : []), ...shown.map(({ index }) => cellText(cells[index]))];
    });
  return rows.length === 0 ? "No resources found" : printColumns(header, rows);
}

/** Returns how long ago a time was, in kubectl's short form: 5s, 12m, 3h, 9d. */
export function printAge(time: string | undefined, nowMs: number): string {
  if (time === undefined) return "-";
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Returns `metadata.name` of an object, "" without one. */
export function objectName({ metadata }: JsonObject): string {
  const name = isJsonObject(metadata) ? metadata["name"] : undefined;
  return typeof name === "string" ? name : "";
}

/** Returns a list, or an empty one for anything else. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? (value.split("\n")[0] ?? "") : printJson(value);
}
