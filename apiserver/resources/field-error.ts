import type { JsonValue } from "../../codec/json-value.ts";
import { printGoJson, quoteGoString } from "./go-text.ts";

/** What is wrong with a field (the `reason` of a Status' cause) and how kube-apiserver words it. */
const titles = {
  FieldValueDuplicate: "Duplicate value",
  FieldValueForbidden: "Forbidden",
  FieldValueInvalid: "Invalid value",
  FieldValueNotFound: "Not found",
  FieldValueNotSupported: "Unsupported value",
  FieldValueRequired: "Required value",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
  FieldValueTypeInvalid: "Invalid value",
  InternalError: "Internal error",
} as const;

/** A sort of fault in a field, as the `reason` of a Status' cause. */
export type FieldErrorType = keyof typeof titles;

/** One fault in an object: where (`spec.ports[0].port`), of which sort, and the text after the path. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** What stands after the path, with the sort of fault in front: `Invalid value: "x": must be a number`. */
  readonly body: string;
}

/** The faults whose text shows the value (field.Error.ErrorBody of k8s.io/apimachinery). */
type ShowsValue =
  | "FieldValueDuplicate"
  | "FieldValueInvalid"
  | "FieldValueNotFound"
  | "FieldValueNotSupported"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid";

/** Returns a fault whose text shows the value: `Invalid value: "x": must be a number`. */
export function valueFault(
  type: ShowsValue,
  field: string,
  fault: { readonly value: JsonValue; readonly detail?: string },
): FieldError {
  const shown = typeof fault.value === "string" ? quoteGoString(fault.value) : printGoJson(fault.value);
  const detail = fault.detail === undefined || fault.detail === "" ? "" : `: ${fault.detail}`;
  return { type, field, body: `${titles[type]}: ${shown}${detail}` };
}

/** Returns a fault whose text does not show the value: `Required value`, `Forbidden: field is immutable`. */
export function plainFault(type: Exclude<FieldErrorType, ShowsValue>, field: string, detail = ""): FieldError {
  return { type, field, body: detail === "" ? titles[type] : `${titles[type]}: ${detail}` };
}

/** Returns `Unsupported value: "x": supported values: "a", "b"`. */
export function unsupportedValue(field: string, value: JsonValue, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? "" : `supported values: ${supported.map(quoteGoString).join(", ")}`;
  return valueFault("FieldValueNotSupported", field, { value, detail });
}

/** Returns the fault as kube-apiserver prints it: `spec.replicas: Required value`. */
export function formatFieldError(error: FieldError): string {
  return `${error.field}: ${error.body}`;
}
