import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import { toBytes } from "../template/go-string.ts";
import { FieldTypeError } from "./read-fields.ts";

/** Returns the first document of a YAML text, null when it is empty. Throws `CodecError`, also for bytes that are no UTF-8. */
export function readYaml(text: string): JsonValue {
  if (!text.isWellFormed()) throw encodingFault(text);
  return parseFirstYaml(text)?.value ?? null;
}

/** go-yaml's account of the first bytes that are no character. */
function encodingFault(text: string): CodecError {
  const good = text.search(/\p{Surrogate}/u);
  const bytes = toBytes(text.slice(good));
  const first = bytes[0] ?? 0;
  const width = first >> 5 === 0b110 ? 2 : first >> 4 === 0b1110 ? 3 : first >> 3 === 0b11110 ? 4 : 0;
  const trailing = bytes.subarray(1, width);
  const reason =
    width < 2
      ? "invalid leading UTF-8 octet"
      : bytes.length < width
        ? "incomplete UTF-8 octet sequence"
        : trailing.some((byte) => (byte & 0xc0) !== 0x80)
          ? "invalid trailing UTF-8 octet"
          : "invalid Unicode character";
  const line = text.slice(0, good).split("\n").length;
  return new CodecError({ line, column: 1, reason, go: `yaml: ${reason}` });
}

/** Returns what Go says of a text that is no YAML or has another shape than wanted; undefined for other errors. */
export function yamlFault(error: unknown): string | undefined {
  if (error instanceof CodecError) {
    return `error converting YAML to JSON: ${error.go ?? `yaml: line ${error.line}: ${error.reason}`}`;
  }
  if (error instanceof FieldTypeError) return `error unmarshaling JSON: while decoding JSON: ${error.message}`;
  return undefined;
}
