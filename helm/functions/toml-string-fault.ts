import { quoteString } from "../template/quote-string.ts";
import { fault, faultBefore, next, peek, type TomlReading } from "./toml-reading.ts";

const hexDigits = { x: 2, u: 4, U: 8 } as const;
const hexWords = { x: "two", u: "four", U: "eight" } as const;

/** Reads a text whose first quote has been read, and returns what stands between the quotes. Throws `TomlFault`. */
export function readString(reading: TomlReading, quote: string): string {
  const start = reading.pos;
  for (;;) {
    const character = next(reading);
    if (character === quote) return reading.text.slice(start, reading.pos - 1);
    if (character === "") throw fault(reading, `unexpected EOF; expected ${quote === '"' ? `'"'` : `"'"`}`);
    if (character === "\n" || character === "\r") throw faultBefore(reading, "strings cannot contain newlines");
    if (character === "\\" && quote === '"') readEscape(reading, start);
  }
}

/** Reads a text between three quotes. Throws `TomlFault`. */
export function readLongString(reading: TomlReading, quote: string): void {
  const start = reading.pos;
  const end = quote.repeat(3);
  while (!reading.text.startsWith(end, reading.pos)) {
    const character = next(reading);
    if (character === "") throw fault(reading, `unexpected EOF; expected ${quote === '"' ? `'"""'` : `"'''"`}`);
    if (character === "\\" && quote === '"') {
      if (peek(reading) === "\n") next(reading);
      else readEscape(reading, start);
    }
  }
  const quotes = /["']*/y;
  quotes.lastIndex = reading.pos;
  const run = quotes.exec(reading.text)?.[0] ?? "";
  if (run.startsWith(end + end)) {
    reading.pos += 5;
    throw fault(reading, quote === '"' ? `unexpected '""""""'` : `unexpected "''''''"`);
  }
  reading.pos += Math.min(run.length, 5);
}

function readEscape(reading: TomlReading, start: number): void {
  const character = next(reading);
  if (/^[ebtnfr" \t\\]$/.test(character)) return;
  if (character !== "x" && character !== "u" && character !== "U") {
    throw fault(reading, `invalid escape in string '\\${character}'`);
  }
  for (let count = 0; count < hexDigits[character]; count++) {
    if (/^[\da-fA-F]$/.test(next(reading))) continue;
    const seen = quoteString(reading.text.slice(start, reading.pos));
    const wanted = `expected ${hexWords[character]} hexadecimal digits after '\\${character}', but got`;
    throw fault(reading, `${wanted} ${seen} instead`);
  }
}
