import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import { FieldTypeError } from "./read-fields.ts";

/** Returns the first document of a YAML text, null when it is empty. Throws `CodecError`. */
export function readYaml(text: string): JsonValue {
  return parseFirstYaml(text)?.value ?? null;
}

/** Returns what Go says of a text that is no YAML or has another shape than wanted; undefined for other errors. */
export function yamlFault(error: unknown): string | undefined {
  if (error instanceof CodecError) {
    return `error converting YAML to JSON: ${error.go ?? `yaml: line ${error.line}: ${error.reason}`}`;
  }
  if (error instanceof FieldTypeError) return `error unmarshaling JSON: while decoding JSON: ${error.message}`;
  return undefined;
}
