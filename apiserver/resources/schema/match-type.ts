import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { OpenApiSchema } from "../open-api-schema.ts";

/** Returns whether a value has the type that a schema names; a schema without a type accepts all. */
export function matchesType(value: JsonValue, schema: OpenApiSchema): boolean {
  if (isIntOrString(schema)) return typeof value === "string" || isWholeNumber(value);
  switch (schema.type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return isWholeNumber(value);
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    case undefined:
    default:
      return true;
  }
}

/** Returns whether the schema accepts an integer and a string alike. */
export function isIntOrString(schema: OpenApiSchema): boolean {
  return schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string";
}

/** Returns whether a value is an integer, of any size. */
export function isWholeNumber(value: JsonValue): boolean {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

/** Returns the type as an error names it. */
export function typeName(schema: OpenApiSchema): string {
  return isIntOrString(schema) ? "integer,string" : (schema.type ?? "any");
}
