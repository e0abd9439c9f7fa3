import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";

/** Returns the steps of an RFC 6901 pointer; "" is the whole. */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .replace(/^\//u, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What is done at the place that a pointer names; `remove` of what is not there fails. */
export type PointerChange = { readonly op: "remove" } | { readonly op: "add" | "replace"; readonly value: JsonValue };

/** Returns the value with the change made, sharing what did not change; undefined when the place does not exist. */
export function changeAt(value: JsonValue, steps: readonly string[], change: PointerChange): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return change.op === "remove" ? undefined : change.value;
  if (isList(value)) return changeList(value, { step, rest }, change);
  if (!isJsonObject(value)) return undefined;
  const child = value[step];
  if (rest.length === 0) {
    if (change.op === "add") return { ...value, [step]: change.value };
    if (child === undefined) return undefined;
    if (change.op === "replace") return { ...value, [step]: change.value };
    const { [step]: _removed, ...kept } = value;
    return kept;
  }
  const changed = child === undefined ? undefined : changeAt(child, rest, change);
  return changed === undefined ? undefined : { ...value, [step]: changed };
}

interface ListPlace {
  readonly step: string;
  readonly rest: readonly string[];
}

function changeList(
  list: readonly JsonValue[],
  { step, rest }: ListPlace,
  change: PointerChange,
): JsonValue | undefined {
  const index = step === "-" ? list.length : Number(step);
  if (!/^(?:0|[1-9]\d*|-)$/u.test(step)) return undefined;
  if (rest.length === 0 && change.op === "add") {
    return index > list.length ? undefined : list.toSpliced(index, 0, change.value);
  }
  const item = list[index];
  if (item === undefined) return undefined;
  if (rest.length === 0)
    return change.op === "remove" ? list.toSpliced(index, 1) : list.with(index, changedValue(change, item));
  const changed = changeAt(item, rest, change);
  return changed === undefined ? undefined : list.with(index, changed);
}

function changedValue(change: PointerChange, old: JsonValue): JsonValue {
  return change.op === "remove" ? old : change.value;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
