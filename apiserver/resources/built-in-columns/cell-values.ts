import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { formatAge } from "../format-age.ts";
import { formatLabelSelector } from "../format-label-selector.ts";
import { fieldAt, isJsonList } from "../json-fields.ts";

/** Returns the cell of one column for an object. */
export type Cell = (object: ApiObject, nowMs: number) => JsonValue;

/** The cells of a kind by column name; `Name` and `Age` are the same for all. */
export type KindCells = Readonly<Record<string, Cell>>;

/** Returns a field as text, `""` when it is missing. */
export function textAt(object: JsonValue | undefined, ...path: readonly string[]): string {
  const value = fieldAt(object, ...path);
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Returns a field as text, or a stand-in when it is missing or empty. */
export function textOr(standIn: string, object: JsonValue | undefined, ...path: readonly string[]): string {
  const text = textAt(object, ...path);
  return text === "" ? standIn : text;
}

/** Returns a field as a number, 0 when it is missing. */
export function countAt(object: JsonValue | undefined, ...path: readonly string[]): number {
  const value = fieldAt(object, ...path);
  return typeof value === "number" ? value : 0;
}

/** Returns whether a field is true, or a stand-in when it is missing. */
export function flagAt(standIn: boolean, object: JsonValue | undefined, ...path: readonly string[]): boolean {
  const value = fieldAt(object, ...path);
  return typeof value === "boolean" ? value : standIn;
}

/** Returns the objects in a list, none when it is missing. */
export function objectsAt(object: JsonValue | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const value = fieldAt(object, ...path);
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}

/** Returns the texts in a list, none when it is missing. */
export function textsAt(object: JsonValue | undefined, ...path: readonly string[]): readonly string[] {
  const value = fieldAt(object, ...path);
  return isJsonList(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Returns the fields of an object, none when it is missing. */
export function entriesAt(object: JsonValue | undefined, ...path: readonly string[]): [string, JsonValue][] {
  const value = fieldAt(object, ...path);
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** Returns a cell that shows a field, or a stand-in when it is missing or empty. */
export function field(path: string, standIn = ""): Cell {
  const names = path.split(".");
  return (object) => textOr(standIn, object, ...names);
}

/** Returns a cell that shows a number, 0 when it is missing. */
export function count(path: string): Cell {
  const names = path.split(".");
  return (object) => countAt(object, ...names);
}

/** Returns a cell that shows how many items a list has. */
export function size(path: string): Cell {
  const names = path.split(".");
  return (object) => objectsAt(object, ...names).length;
}

/** Returns how long ago a time was, `<unknown>` when it is missing. */
export function since(time: string, nowMs: number): string {
  return time === "" ? "<unknown>" : formatAge(time, nowMs);
}

/** Returns the age of an object. */
export const age: Cell = ({ metadata }, nowMs) => since(metadata.creationTimestamp ?? "", nowMs);

/** Returns labels as `a=b,c=d`, `<none>` when there are none (labels.FormatLabels of k8s.io/apimachinery). */
export function formatLabels(object: JsonValue | undefined, ...path: readonly string[]): string {
  const labels = entriesAt(object, ...path).map(([name, value]) => `${name}=${textAt(value)}`);
  return labels.length === 0 ? "<none>" : labels.sort().join(",");
}

/** Returns a label selector as text, `<none>` when it selects everything (metav1.FormatLabelSelector). */
export function formatSelector(object: JsonValue | undefined, ...path: readonly string[]): string {
  const selector = fieldAt(object, ...path);
  const text = isJsonObject(selector) ? formatLabelSelector(selector) : "";
  return text === "" ? "<none>" : text;
}

/** Returns at most so many items, with `+ N more...` for the rest. */
export function firstOf(max: number, items: readonly string[], separator = ","): string {
  const shown = items.slice(0, max).join(separator);
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown;
}

/** The cells of a pod template's containers. */
export function containerCells(...path: readonly string[]): KindCells {
  const join = (object: ApiObject, name: string): string =>
    objectsAt(object, ...path, "spec", "containers")
      .map((container) => textAt(container, name))
      .join(",");
  return { Containers: (object) => join(object, "name"), Images: (object) => join(object, "image") };
}
