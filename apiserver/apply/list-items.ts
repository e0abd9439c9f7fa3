import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { ownField } from "../resources/json-fields.ts";
import { quoteGoString } from "../resources/go-text.ts";
import { keyElement, valueElement, type PathElement } from "./path-element.ts";
import type { ListType } from "./structure.ts";

/** The step that leads to an item of a list map or set, or why the item cannot be found. */
export type ItemElement = { readonly element: PathElement } | { readonly problem: string };

/** Returns the step to an item: by its keys (a missing one takes the schema's default), or by its value in a set. */
export function itemElement(list: ListType, item: JsonValue): ItemElement {
  return list.keys.length > 0 ? keyedItem(list, item) : setItem(item);
}

function keyedItem(list: ListType, item: JsonValue): ItemElement {
  if (item === null) return { problem: "associative list with keys may not have a null element" };
  if (!isJsonObject(item)) return { problem: "associative list with keys may not have non-map elements" };
  const keys: [string, JsonValue][] = [];
  for (const name of list.keys) {
    const value = ownField(item, name) ?? list.element().map?.fields.get(name)?.default;
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length > 0) return { element: keyElement(Object.fromEntries(keys)) };
  const names = list.keys.map(quoteGoString).join(" ");
  return {
    problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

function setItem(item: JsonValue): ItemElement {
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  if (Array.isArray(item)) return { problem: "not supported: associative list with lists as elements" };
  if (isJsonObject(item)) return { problem: "associative list without keys has an element that's a map type" };
  return { element: valueElement(item) };
}

/** Returns the items with the step to each, in order; items that cannot be found are left out (validate first). */
export function indexItems(
  list: ListType,
  items: readonly JsonValue[],
): readonly (readonly [PathElement, JsonValue])[] {
  return items.flatMap((item) => {
    const found = itemElement(list, item);
    return "element" in found ? [[found.element, item] as const] : [];
  });
}

/** Returns the value as a list; undefined for null, nothing and everything else. */
export function asList(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Returns the value as an object; undefined for null, nothing and everything else. */
export function asMap(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** Returns whether both sides are missing, null or without entries: such a field is owned as one value. */
export function bothEmpty(left: number | undefined, right: number | undefined): boolean {
  return (left ?? 0) === 0 && (right ?? 0) === 0;
}
