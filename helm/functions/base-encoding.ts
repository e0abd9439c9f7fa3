const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Returns the bytes of standard, padded base 64, or Go's words for where it is none. Line breaks are skipped. */
export function decodeBase64(text: string): Uint8Array | string {
  const fault = findFault(text, base64Alphabet, 4);
  if (fault !== undefined) return `illegal base64 data at input byte ${fault}`;
  return Buffer.from(text.replaceAll(/[\r\n]/g, ""), "base64");
}

/** Returns the offset at which Go's decoder stops, or `undefined` when it does not. */
function findFault(text: string, alphabet: string, group: number): number | undefined {
  const allowed = new Set(alphabet);
  let count = 0;
  let index = 0;
  for (; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === "\n" || character === "\r") continue;
    if (character === "=") break;
    if (!allowed.has(character)) return index;
    count++;
  }
  if (index === text.length) return count % group === 0 ? undefined : index - (count % group);
  return paddingFault(text, { start: index, filled: count % group });
}

function paddingFault(text: string, at: { readonly start: number; readonly filled: number }): number | undefined {
  if (at.filled < 2) return at.start;
  let index = at.start + 1;
  const skip = (): void => {
    while (text[index] === "\n" || text[index] === "\r") index++;
  };
  if (at.filled === 2) {
    skip();
    if (index === text.length) return text.length;
    if (text[index] !== "=") return index - 1;
    index++;
  }
  skip();
  return index < text.length ? index : undefined;
}

/** Returns bytes in standard, padded base 32. */
export function encodeBase32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const groups = bits.match(/.{1,5}/g) ?? [];
  const text = groups.map((group) => base32Alphabet[Number.parseInt(group.padEnd(5, "0"), 2)] ?? "").join("");
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=");
}

/** Returns the bytes of standard, padded base 32, or Go's words for where it is none. Line breaks are skipped. */
export function decodeBase32(text: string): Uint8Array | string {
  const clean = text.replaceAll(/[\r\n]/g, "");
  const fault = findBase32Fault(clean);
  if (fault !== undefined) return `illegal base32 data at input byte ${fault}`;
  const body = clean.replace(/=+$/, "");
  const bits = Array.from(body, (character) => base32Alphabet.indexOf(character).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}

/** Go reads groups of eight, of which the last may end in padding. */
function findBase32Fault(text: string): number | undefined {
  for (let start = 0; start < text.length; start += 8) {
    for (let place = 0; place < 8; place++) {
      const index = start + place;
      const character = text[index];
      if (character === undefined) return start;
      if (character === "=" && place >= 2 && text.length - index - 1 < 8) return base32Padding(text, index, place);
      if (!base32Alphabet.includes(character)) return index;
    }
  }
  return undefined;
}

function base32Padding(text: string, index: number, place: number): number | undefined {
  if (text.length - index - 1 + place < 7) return text.length;
  for (let after = 0; after < 7 - place; after++) {
    const character = text[index + 1 + after];
    if (character !== undefined && character !== "=") return index + after;
  }
  return place === 3 || place === 6 ? index : undefined;
}
