import { hash } from "node:crypto";
import { printJson } from "./print-json.ts";

/** Returns the SHA-256 of bytes, or of a text's UTF-8 bytes, as 64 hex digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}

/** Returns a value as JSON without blanks and with sorted keys, so that equal values give equal text. */
export function stableJson(value: unknown): string {
  return printJson(value, { sortKeys: true });
}

/** Returns the SHA-256 of a value's stable JSON as 64 hex digits. */
export function stableHash(value: unknown): string {
  return sha256Hex(stableJson(value));
}
