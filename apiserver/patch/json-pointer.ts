import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { isJsonList, ownField, withField, withoutFields } from "../resources/json-fields.ts";

/** A value with fields or items. */
type Container = JsonObject | readonly JsonValue[];

/** A pointer that leads nowhere, or an index that is none. */
export class PointerError extends Error {
  constructor(pointer: string, problem: string) {
    super(`${pointer}: ${problem}`);
    this.name = "PointerError";
  }
}

function splitPointer(pointer: string): readonly [parents: readonly string[], key: string] {
  const [, ...parts] = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = parts.pop();
  if (key === undefined) throw new PointerError(pointer, "does not begin with a slash");
  return [parts, key];
}

/** Returns the value with the container that the pointer leads into changed; throws PointerError. */
function changeAt(
  value: JsonValue,
  pointer: string,
  change: (container: Container, key: string) => JsonValue,
): JsonValue {
  const [parents, key] = splitPointer(pointer);
  const descend = (current: JsonValue, [first, ...rest]: readonly string[]): JsonValue => {
    if (!isJsonObject(current) && !isJsonList(current)) throw new PointerError(pointer, "leads through a scalar");
    if (first === undefined) return change(current, key);
    if (isJsonList(current)) {
      const index = itemIndex(current, first, pointer);
      return current.with(index, descend(current[index] ?? null, rest));
    }
    const child = ownField(current, first);
    if (child === undefined) throw new PointerError(pointer, `there is no ${first}`);
    return withField(current, first, descend(child, rest));
  };
  return descend(value, parents);
}

// evanphx/json-patch counts negative indexes from the end, beyond what RFC 6901 allows.
function parseIndex(key: string, length: number, pointer: string): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PointerError(pointer, `${key} is no index`);
  const index = Number(key);
  const actual = index < 0 ? index + length : index;
  if (actual < 0 || actual >= length) throw new PointerError(pointer, `index ${index} is out of range`);
  return actual;
}

function itemIndex(list: readonly JsonValue[], key: string, pointer: string): number {
  return parseIndex(key, list.length, pointer);
}

/** Returns the value with another one added: set in an object, inserted before an index or, at `-`, at the end of a list. */
export function addAt(value: JsonValue, pointer: string, added: JsonValue): JsonValue {
  return changeAt(value, pointer, (container, key) => {
    if (!isJsonList(container)) return withField(container, key, added);
    if (key === "-") return [...container, added];
    return container.toSpliced(parseIndex(key, container.length + 1, pointer), 0, added);
  });
}

/** Returns the value without what the pointer leads to, which must be there. */
export function removeAt(value: JsonValue, pointer: string): JsonValue {
  return changeAt(value, pointer, (container, key) => {
    if (isJsonList(container)) return container.toSpliced(itemIndex(container, key, pointer), 1);
    if (Object.hasOwn(container, key)) return withoutFields(container, key);
    throw new PointerError(pointer, `there is no ${key}`);
  });
}

/** Returns the value with what the pointer leads to replaced; a field need not be there, as in evanphx/json-patch. */
export function replaceAt(value: JsonValue, pointer: string, replacement: JsonValue): JsonValue {
  return changeAt(value, pointer, (container, key) =>
    isJsonList(container)
      ? container.with(itemIndex(container, key, pointer), replacement)
      : withField(container, key, replacement),
  );
}

/** Returns what the pointer leads to: null for a missing field; throws PointerError for anything else missing. */
export function valueAt(value: JsonValue, pointer: string): JsonValue {
  let result: JsonValue = null;
  changeAt(value, pointer, (container, key) => {
    result = isJsonList(container)
      ? (container[itemIndex(container, key, pointer)] ?? null)
      : (ownField(container, key) ?? null);
    return container;
  });
  return result;
}
