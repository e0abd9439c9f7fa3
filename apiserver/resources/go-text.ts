import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { isJsonList } from "./json-fields.ts";

const shortEscapes = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\u000b", "\\v"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

// strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the plain space.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function escapeRune(rune: string): string {
  const short = shortEscapes.get(rune);
  if (short !== undefined) return short;
  if (printable.test(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** Returns the string in double quotes as Go's `%q` (strconv.Quote) writes it. */
export function quoteGoString(text: string): string {
  return `"${Array.from(text, escapeRune).join("")}"`;
}

// encoding/json escapes these besides what JSON demands, so that its output is safe inside HTML and JavaScript.
const htmlUnsafe = /[<>&\u2028\u2029]/gu;

const plain = /^[ !#-%'-;=?-[\]-~]*$/;

function printJsonString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(htmlUnsafe, (rune) => `\\u${rune.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Returns compact JSON as Go's encoding/json writes a map: fields sorted, `<`, `>` and `&` escaped. */
export function printGoJson(value: JsonValue): string {
  if (typeof value === "string") return printJsonString(value);
  if (isJsonList(value)) return `[${value.map((item) => printGoJson(item)).join(",")}]`;
  if (isJsonObject(value)) {
    const fields = Object.entries(value).sort(([left], [right]) => compareBytes(left, right));
    return `{${fields.map(([name, field]) => `${printJsonString(name)}:${printGoJson(field)}`).join(",")}}`;
  }
  return String(value);
}

/** Returns a decoded JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`, `<nil>`. */
export function printGoValue(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (isJsonList(value)) return `[${value.map((item) => printGoValue(item)).join(" ")}]`;
  if (!isJsonObject(value)) return String(value);
  const fields = Object.entries(value).sort(([left], [right]) => compareBytes(left, right));
  return `map[${fields.map(([name, field]) => `${name}:${printGoValue(field)}`).join(" ")}]`;
}

/** Returns the order of two strings by their UTF-8 bytes, as Go compares them: negative, zero or positive. */
export function compareBytes(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    // UTF-16 puts surrogates below U+E000…U+FFFF, UTF-8 puts what they stand for above.
    const aLate = a >= 0xd800 && a < 0xe000;
    const bLate = b >= 0xd800 && b < 0xe000;
    if (aLate !== bLate) return aLate ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}
