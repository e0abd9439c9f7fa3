import { CodecError } from "./codec-error.ts";
import { findJsonFault } from "./find-json-fault.ts";
import type { JsonValue } from "./json-value.ts";
import { positionAt } from "./text-position.ts";

/** Deeper JSON is refused: what is read here is walked recursively afterwards. */
export const maxJsonDepth = 1000;

/** An integer that a double may not hold, perhaps within a string. */
const longInteger = /(?:[:,[]\s*|^\s*)-?\d{16,}\s*(?:[,}\]]|$)/;

/**
 * Returns the value of a JSON text without losing a digit: integers outside ±(2^53−1) are `bigint`. Of duplicate keys
 * the last wins. Throws `CodecError` for what is not JSON and for more than `maxJsonDepth` levels.
 */
export function parseJson(text: string, options: { readonly file?: string | undefined } = {}): JsonValue {
  refuseDepth(text, options.file);
  try {
    const value: unknown = longInteger.test(text) ? JSON.parse(text, keepInteger) : JSON.parse(text);
    return value as JsonValue;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const fault = findJsonFault(text);
    throw new CodecError({ ...positionAt(text, fault.offset), file: options.file, reason: fault.reason });
  }
}

function keepInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function refuseDepth(text: string, file: string | undefined): void {
  if (text.length <= maxJsonDepth) return;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) depth--;
    if (depth > maxJsonDepth) {
      throw new CodecError({ ...positionAt(text, index), file, reason: `nested deeper than ${maxJsonDepth} levels` });
    }
  }
}

/** Returns the offset of the quote that ends the string begun at `start`, or the text's length. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quote: number): boolean {
  let index = quote - 1;
  while (text.charCodeAt(index) === 0x5c) index--;
  return (quote - index) % 2 === 0;
}
