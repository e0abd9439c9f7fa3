import { type Frame, execError } from "./frame.ts";
import type { GoFunction } from "./go-function.ts";
import { elementType, typeName } from "./go-type.ts";
import { GoObject, type GoMap, type GoValue, TypedMap, TypedSlice } from "./go-value.ts";

/**
 * How Go types the place where a value was found, which decides how errors are worded: by the value itself, as
 * `interface {}`, or, for what a `range` goes over, as a variable of the frame says (true for `interface {}`).
 */
export type StaticType = "concrete" | "interface" | { readonly slot: number };

/** Returns the method of a value, or `undefined`. */
export function methodOf(value: GoValue, name: string): GoFunction | undefined {
  if (value instanceof GoObject || value instanceof TypedMap || value instanceof TypedSlice) return value.method(name);
  return undefined;
}

/** Returns a field of a struct or an entry of a map; what Go calls `evalField` when there is no method of that name. */
export function fieldOf(frame: Frame, receiver: GoValue, access: FieldAccess): GoValue {
  if (receiver === undefined) {
    if (frame.set.settings.missingKey === "error") {
      throw execError(frame, `nil data; no entry for key ${JSON.stringify(access.name)}`);
    }
    return undefined;
  }
  if (receiver === null) throw execError(frame, `nil pointer evaluating interface {}.${access.name}`);
  if (receiver instanceof Map) {
    if (access.hasArgs) throw execError(frame, `${access.name} is not a method but has arguments`);
    const found = receiver.get(access.name);
    return found === undefined ? missingEntry(frame, receiver, access.name) : found;
  }
  if (receiver instanceof GoObject) {
    const field = receiver.field(access.name);
    if (field?.isHidden === true) {
      throw execError(frame, `${access.name} is an unexported field of struct type ${typeName(receiver)}`);
    }
    if (field !== undefined) {
      if (access.hasArgs) throw execError(frame, `${access.name} has arguments but cannot be invoked as function`);
      return field.value;
    }
  }
  const type = isInterface(frame, access.staticType) ? "interface {}" : typeName(receiver);
  throw execError(frame, `can't evaluate field ${access.name} in type ${type}`);
}

function isInterface(frame: Frame, type: StaticType): boolean {
  return typeof type === "object" ? frame.variables[type.slot] === true : type === "interface";
}

/** One step of a chain like `.a.b`. */
export interface FieldAccess {
  readonly name: string;
  readonly hasArgs: boolean;
  readonly staticType: StaticType;
}

/** Returns what a map gives for a key that it lacks, or that is null. */
export function missingEntry(frame: Frame, map: GoMap, name: string): GoValue {
  if (map.has(name)) return null;
  switch (frame.set.settings.missingKey) {
    case "zero":
      return map instanceof TypedMap ? map.zero : null;
    case "error":
      throw execError(frame, `map has no entry for key ${JSON.stringify(name)}`);
    case "default":
      return undefined;
  }
}

/** Returns how the elements of a container are typed, seen from the container. */
export function staticTypeIn(container: GoValue): StaticType {
  return elementType(container) === "interface {}" && !(container instanceof GoObject) ? "interface" : "concrete";
}
