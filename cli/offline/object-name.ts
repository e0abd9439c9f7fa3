import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { OptionPath } from "./explain-option.ts";

/** One object of a bundle: `Deployment/shop`. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/** A field of an object of a bundle. */
export interface ObjectField {
  readonly wanted: ObjectName;
  readonly path: OptionPath;
}

/** Returns whether an object has a kind and name. */
export function isNamed(value: JsonValue, { kind, name }: ObjectName): boolean {
  if (!isJsonObject(value) || value["kind"] !== kind) return false;
  const { metadata } = value;
  return isJsonObject(metadata) && metadata["name"] === name;
}
