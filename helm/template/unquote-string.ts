import { fromBytes } from "./go-string.ts";

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  "\\": 92,
  "'": 39,
  '"': 34,
};

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Returns the value of a quoted Go string with its quotes (`"…"`, `` `…` ``), or `undefined` for bad syntax. */
export function unquoteString(quoted: string): string | undefined {
  const quote = quoted[0] ?? "";
  if (quoted.length < 2 || !quoted.endsWith(quote)) return undefined;
  const body = quoted.slice(1, -1);
  if (quote === "`") return body.includes("`") ? undefined : body.replaceAll("\r", "");
  if (!body.includes("\\")) return body.includes(quote) || body.includes("\n") ? undefined : body;
  const parts: Uint8Array[] = [];
  let rest = body;
  while (rest !== "") {
    const step = unquoteStep(rest, quote);
    if (step === undefined) return undefined;
    parts.push(step.bytes);
    rest = step.rest;
  }
  return fromBytes(Buffer.concat(parts));
}

/** Returns the code point of a character constant with its quotes (`'x'`), or `undefined` for bad syntax. */
export function unquoteCharacter(quoted: string): number | undefined {
  const step = unquoteStep(quoted.slice(1), "'");
  if (step === undefined || step.rest !== "'") return undefined;
  return step.code;
}

interface Step {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly rest: string;
}

function unquoteStep(text: string, quote: string): Step | undefined {
  const first = text[0];
  if (first === undefined || first === quote || first === "\n") return undefined;
  if (first !== "\\") return character(text.codePointAt(0) ?? 0, text);
  const kind = text[1] ?? "";
  const simple = simpleEscapes[kind];
  if (simple !== undefined) {
    if ((kind === "'" || kind === '"') && kind !== quote) return undefined;
    return { code: simple, bytes: Uint8Array.of(simple), rest: text.slice(2) };
  }
  const hexLength = hexLengths[kind];
  if (hexLength !== undefined) return hexEscape(text, hexLength);
  const octal = /^\\([0-7]{3})/.exec(text)?.[1];
  if (octal === undefined) return undefined;
  const code = Number.parseInt(octal, 8);
  return code > 255 ? undefined : { code, bytes: Uint8Array.of(code), rest: text.slice(4) };
}

function character(code: number, text: string): Step {
  const own = String.fromCodePoint(code);
  return { code, bytes: Buffer.from(own, "utf8"), rest: text.slice(own.length) };
}

function hexEscape(text: string, length: number): Step | undefined {
  const digits = text.slice(2, 2 + length);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  const rest = text.slice(2 + length);
  if (length === 2) return { code, bytes: Uint8Array.of(code), rest };
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return { code, bytes: Buffer.from(String.fromCodePoint(code), "utf8"), rest };
}
