import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { KubeObject } from "../../api/meta.ts";

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Returns an object's `status`, empty when it has none. */
export function statusFields(object: KubeObject): JsonObject {
  return fieldsAt(object, "status");
}

/** Returns an object's `spec`, empty when it has none. */
export function specFields(object: KubeObject): JsonObject {
  return fieldsAt(object, "spec");
}

function fieldsAt(object: KubeObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** Returns the number at a field, undefined when it is none. */
export function numberAt(fields: JsonObject, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" ? value : undefined;
}

/** Returns the text at a field, "" when it is none. */
export function textAt(fields: JsonObject, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/** Returns the object at a field, empty when it is none. */
export function objectAt(fields: JsonObject, name: string): JsonObject {
  const value = fields[name];
  return isJsonObject(value) ? value : {};
}

/** Returns the objects in the list at a field. */
export function listAt(fields: JsonObject, name: string): JsonObject[] {
  const value: JsonValue | undefined = fields[name];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Returns an object's conditions. */
export function conditionsOf(object: KubeObject): Condition[] {
  return conditionsIn(statusFields(object));
}

/** Returns the `conditions` of a status, or of a part of one. */
export function conditionsIn(fields: JsonObject): Condition[] {
  return listAt(fields, "conditions").map((condition) => ({
    type: textAt(condition, "type"),
    status: textAt(condition, "status"),
    reason: textAt(condition, "reason"),
    message: textAt(condition, "message"),
  }));
}

/** Returns an object's condition of a type. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}
