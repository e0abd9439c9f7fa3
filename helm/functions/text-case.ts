import { toRunes } from "../template/go-string.ts";

const nonAscii = /[\u0080-\uffff]/;

/** Go maps each character by itself: what becomes several characters or depends on its neighbours stays one. */
function mapRunes(text: string, map: (rune: string) => string): string {
  return toRunes(text)
    .map((rune) => single(rune, map(rune)))
    .join("");
}

function single(rune: string, mapped: string): string {
  return Array.from(mapped).length === 1 ? mapped : rune;
}

/** Returns `strings.ToUpper`. */
export function upperText(text: string): string {
  return nonAscii.test(text) ? mapRunes(text, (rune) => rune.toUpperCase()) : text.toUpperCase();
}

/** Returns `strings.ToLower`. */
export function lowerText(text: string): string {
  if (!nonAscii.test(text)) return text.toLowerCase();
  return mapRunes(text, (rune) => (rune === "\u0130" ? "i" : rune.toLowerCase()));
}

/** Returns a character in upper case, as itself when Go has no single one for it. */
export function upperRune(rune: string): string {
  return single(rune, rune.toUpperCase());
}

/** Returns a character in lower case. */
export function lowerRune(rune: string): string {
  return single(rune, rune.toLowerCase());
}

const titleRunes: Readonly<Record<string, string>> = { Ǆ: "ǅ", ǆ: "ǅ", Ǉ: "ǈ", ǉ: "ǈ", Ǌ: "ǋ", ǌ: "ǋ", Ǳ: "ǲ", ǳ: "ǲ" };

/** Returns a character in title case. */
export function titleRune(rune: string): string {
  return titleRunes[rune] ?? upperRune(rune);
}

/** Returns `strings.Title`: the first letter of each word in title case. */
export function titleText(text: string): string {
  let previous = " ";
  let out = "";
  for (const rune of toRunes(text)) {
    out += isSeparator(previous) ? titleRune(rune) : rune;
    previous = rune;
  }
  return out;
}

function isSeparator(rune: string): boolean {
  if (rune.charCodeAt(0) < 0x80) return !/[A-Za-z0-9_]/.test(rune);
  if (/[\p{L}\p{Nd}]/u.test(rune)) return false;
  return isSpaceRune(rune);
}

/** Returns Go's `unicode.IsSpace`. */
export function isSpaceRune(rune: string): boolean {
  return /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(rune);
}

/** Returns Go's `unicode.IsUpper`. */
export function isUpperRune(rune: string): boolean {
  return /\p{Lu}/u.test(rune);
}

/** Returns Go's `unicode.IsLower`. */
export function isLowerRune(rune: string): boolean {
  return /\p{Ll}/u.test(rune);
}
