import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { OptionPath } from "./explain-option.ts";

/** One object of a bundle: `Deployment/shop`. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
  /** Where it must be; objects that name no namespace fit any. */
  readonly namespace?: string | undefined;
}

/** A field of an object of a bundle. */
export interface ObjectField {
  readonly wanted: ObjectName;
  readonly path: OptionPath;
}

/** Returns whether an object has a kind and name, and no other namespace. */
export function isNamed(value: JsonValue, { kind, name, namespace }: ObjectName): boolean {
  if (!isJsonObject(value) || value["kind"] !== kind) return false;
  const { metadata } = value;
  if (!isJsonObject(metadata) || metadata["name"] !== name) return false;
  const own = metadata["namespace"];
  return namespace === undefined || typeof own !== "string" || own === namespace;
}
