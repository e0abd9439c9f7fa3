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
    if (text[index] !== "=") return index;
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

/** Returns the bytes of standard, padded base 32, or Go's words for where it is none. */
export function decodeBase32(text: string): Uint8Array | string {
  const clean = text.replaceAll(/[\r\n]/g, "");
  const body = clean.replace(/=+$/, "");
  const bad = Array.from(body).findIndex((character) => !base32Alphabet.includes(character));
  if (bad >= 0) return `illegal base32 data at input byte ${bad}`;
  if (clean.length % 8 !== 0) return `illegal base32 data at input byte ${clean.length}`;
  if (![0, 2, 4, 5, 7].includes(body.length % 8)) return `illegal base32 data at input byte ${body.length}`;
  const bits = Array.from(body, (character) => base32Alphabet.indexOf(character).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}
