import { CelFault } from "./cel-fault.ts";

/** A text or bytes as written, and where it ends. */
export interface LiteralText {
  readonly value: string | Uint8Array;
  readonly end: number;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "?": "?",
  '"': '"',
  "'": "'",
  "`": "`",
};

const numbered =
  /[xX](?<hex2>[0-9a-fA-F]{2})|u(?<hex4>[0-9a-fA-F]{4})|U(?<hex8>[0-9a-fA-F]{8})|(?<octal>[0-3][0-7]{2})/uy;

/**
 * Returns the text or the bytes that start at `at`; `started` is its prefix and opening quote. Throws `CelFault` where
 * it never ends or an escape means nothing.
 */
export function readLiteralText(source: string, at: number, started: string): LiteralText {
  const prefix = /^[a-z]*/iu.exec(started)?.[0].toLowerCase() ?? "";
  const quote = started.slice(prefix.length);
  const raw = prefix.includes("r");
  const bytes = prefix.includes("b");
  const parts: (string | number)[] = [];
  let next = at + started.length;
  while (!source.startsWith(quote, next)) {
    const char = String.fromCodePoint(source.codePointAt(next) ?? 0);
    if (next >= source.length || (quote.length === 1 && /[\n\r]/u.test(char))) {
      throw new CelFault("the text that starts here never ends", at);
    }
    if (char !== "\\" || raw) {
      parts.push(char);
      next += char.length;
      continue;
    }
    const escape = readEscape(source, next + 1, bytes);
    parts.push(escape.value);
    next = escape.end;
  }
  return { value: bytes ? bytesOf(parts) : parts.join(""), end: next + quote.length };
}

function readEscape(source: string, at: number, bytes: boolean): { value: string | number; end: number } {
  const char = source.charAt(at);
  const simple = Object.hasOwn(simpleEscapes, char) ? simpleEscapes[char] : undefined;
  if (simple !== undefined) return { value: simple, end: at + 1 };
  numbered.lastIndex = at;
  const match = numbered.exec(source);
  const { hex2, hex4, hex8, octal } = match?.groups ?? {};
  const hex = hex2 ?? hex4 ?? hex8;
  const code = hex === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hex, 16);
  const wide = hex4 ?? hex8;
  const legal = code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff) && !(bytes && wide !== undefined);
  if (match === null || !legal)
    throw new CelFault(`the escape \\${char} means nothing here; write \\\\ for a backslash`, at - 1);
  return { value: bytes ? code : String.fromCodePoint(code), end: at + match[0].length };
}

function bytesOf(parts: readonly (string | number)[]): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...encoder.encode(part)])));
}
