import { isInvalidByte } from "./go-string.ts";
import { spendSteps } from "./run-cost.ts";

const plain = /^[\u0020-\u0021\u0023-\u005b\u005d-\u007e]*$/;

const shortEscapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** Returns whether Go's `unicode.IsPrint` (or `strconv.IsPrint`) holds: letters, marks, numbers, punctuation, symbols, space. */
export function isPrintable(character: string): boolean {
  const code = character.charCodeAt(0);
  // Not a constant of the module: making a Unicode class takes half a millisecond of each start.
  return code < 0x7f ? code >= 0x20 : !/[\p{C}\p{Z}]/u.test(character);
}

/** Returns a string in Go's double quotes (`strconv.Quote`, `%q`); `asciiOnly` as `%+q`. */
export function quoteString(text: string, asciiOnly = false): string {
  if (plain.test(text)) return `"${text}"`;
  spendSteps(text.length);
  return `"${quoteBody(text, { quote: '"', asciiOnly })}"`;
}

/** Returns the inside of a quoted Go string or character. */
export function quoteBody(text: string, options: { readonly quote: string; readonly asciiOnly: boolean }): string {
  let out = "";
  for (const character of text) out += escapeCharacter(character, options);
  return out;
}

function escapeCharacter(character: string, options: { readonly quote: string; readonly asciiOnly: boolean }): string {
  if (character === options.quote || character === "\\") return `\\${character}`;
  if (isInvalidByte(character)) return `\\x${(character.charCodeAt(0) & 0xff).toString(16)}`;
  const code = character.codePointAt(0) ?? 0;
  if (options.asciiOnly ? code < 0x7f && code >= 0x20 : isPrintable(character)) return character;
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}
