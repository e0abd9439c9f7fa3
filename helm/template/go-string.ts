/**
 * Go strings are bytes. A byte that is not part of valid UTF-8 is kept as the lone surrogate U+DC00 + byte (as Python's
 * "surrogateescape" does), so that `b64dec`, `trunc` and binary files lose nothing. Text from files never holds one.
 */
const nonAscii = /[\u0080-\uffff]/;
const surrogate = /[\ud800-\udfff]/;
const escapeBase = 0xdc00;

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Returns whether a string is plain ASCII, where bytes, characters and UTF-16 units are the same. */
export function isAscii(text: string): boolean {
  return !nonAscii.test(text);
}

/** Returns the number of bytes that Go's `len` counts. */
export function byteLength(text: string): number {
  if (isAscii(text)) return text.length;
  return surrogate.test(text) ? toBytes(text).length : Buffer.byteLength(text);
}

/** Returns the bytes of a Go string. */
export function toBytes(text: string): Uint8Array {
  if (!surrogate.test(text) || text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const next = text.charCodeAt(index + 1);
      if (next >= 0xdc00 && next < 0xe000) index++;
      continue;
    }
    if (unit < 0xdc80 || unit > 0xdcff) continue;
    parts.push(Buffer.from(text.slice(start, index), "utf8"), Buffer.from([unit - escapeBase]));
    start = index + 1;
  }
  parts.push(Buffer.from(text.slice(start), "utf8"));
  return Buffer.concat(parts);
}

/** Returns bytes as a Go string. */
export function fromBytes(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return decodeLoose(bytes);
  }
}

function decodeLoose(bytes: Uint8Array): string {
  const parts: string[] = [];
  let index = 0;
  while (index < bytes.length) {
    const length = runeLength(bytes, index);
    if (length === 0) {
      parts.push(String.fromCharCode(escapeBase + (bytes[index] ?? 0)));
      index++;
    } else {
      parts.push(strictDecoder.decode(bytes.subarray(index, index + length)));
      index += length;
    }
  }
  return parts.join("");
}

/** Returns how many bytes the UTF-8 character at an index takes, 0 when there is no valid one. */
function runeLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || index + length > bytes.length || first > 0xf4) return 0;
  const second = bytes[index + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  for (let offset = 1; offset < length; offset++) {
    if (((bytes[index + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Returns the bytes from `start` to `end` as a Go string, as Go's `text[start:end]`. */
export function sliceBytes(text: string, start: number, end: number): string {
  return isAscii(text) ? text.slice(start, end) : fromBytes(toBytes(text).subarray(start, end));
}

/** Compares two strings byte by byte, as Go does: negative, 0 or positive. */
export function compareStrings(a: string, b: string): number {
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(toBytes(a), toBytes(b));
}

/** Returns the keys of a map in Go's order. */
export function sortedKeys(map: ReadonlyMap<string, unknown>): string[] {
  const keys = [...map.keys()];
  return keys.some((key) => surrogate.test(key)) ? keys.sort(compareStrings) : keys.sort();
}

/** Returns whether a character (a string of one code point) stands for a byte that is no valid UTF-8. */
export function isInvalidByte(character: string): boolean {
  const unit = character.charCodeAt(0);
  return character.length === 1 && unit >= 0xdc80 && unit <= 0xdcff;
}

/** Returns what Go sees when it reads characters: invalid bytes become U+FFFD. */
export function toRunes(text: string): string[] {
  const runes = Array.from(text);
  if (surrogate.test(text)) return runes.map((rune) => (isInvalidByte(rune) ? "\ufffd" : rune));
  return runes;
}
