import { execError, type Frame } from "./frame.ts";
import { nilableParams, type ParamType, paramTypeNames } from "./go-function.ts";
import { typeName } from "./go-type.ts";
import { GoInt, GoObject, type GoValue, isStringAnyMap, nilMap, nilSlice, TypedSlice } from "./go-value.ts";

/**
 * Returns a value as what a parameter's type is in JavaScript, or throws the error that Go's `validateType` gives.
 * The frame's node must be the one last evaluated.
 */
export function checkArgument(frame: Frame, value: GoValue, type: ParamType): unknown {
  switch (type) {
    case "any":
      return value === undefined ? null : value;
    case "value":
      return value;
    case "string":
      if (typeof value === "string") return value;
      break;
    case "int":
    case "uint32":
      if (value instanceof GoInt && value.kind === type) return Number(value.value);
      break;
    case "int64":
      if (value instanceof GoInt && value.kind === type) return value.value;
      break;
    case "float64":
      if (typeof value === "number") return value;
      break;
    case "bool":
      if (typeof value === "boolean") return value;
      break;
    case "map":
      if (isStringAnyMap(value)) return value;
      if (value === undefined) return nilMap();
      break;
    case "list":
      if (Array.isArray(value) && (!(value instanceof TypedSlice) || value.goType === "[]interface {}")) return value;
      if (value === undefined) return nilSlice();
      break;
    case "time":
    case "certificate":
      if (value instanceof GoObject && value.goType === paramTypeNames[type]) return value;
      break;
  }
  throw execError(frame, wrongType(value, type));
}

function wrongType(value: GoValue, type: ParamType): string {
  if (value === undefined) return `invalid value; expected ${paramTypeNames[type]}`;
  const got = value === null ? "interface {}" : typeName(value);
  return `wrong type for value; expected ${paramTypeNames[type]}; got ${got}`;
}

/** Returns what the word `nil` gives as an argument, or `undefined` when the type has no nil. */
export function nilArgument(type: ParamType): { readonly value: unknown } | undefined {
  if (!nilableParams.has(type)) return undefined;
  if (type === "map") return { value: nilMap() };
  if (type === "value") return { value: undefined };
  return { value: type === "list" ? nilSlice() : null };
}
