import { quoteString } from "../template/quote-string.ts";
import type { TomlKeys } from "./toml-keys.ts";

/** What BurntSushi's toml says of a fault, and the line that it names. */
export class TomlFault extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "TomlFault";
    this.line = line;
  }
}

/** A TOML text and how far it has been read. */
export interface TomlReading {
  readonly text: string;
  pos: number;
  line: number;
  readonly keys: TomlKeys;
}

/** Returns the character at hand, "" at the end. */
export function peek({ text, pos }: TomlReading): string {
  const code = text.codePointAt(pos);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** Takes a character. Throws `TomlFault` for one that no text may have. */
export function next(reading: TomlReading): string {
  const character = peek(reading);
  const { text, pos } = reading;
  if (/^[\0-\u0008\v\f\u000e-\u001f\u007f]/.test(character) || (character === "\r" && text[pos + 1] !== "\n")) {
    const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
    throw fault(reading, `TOML files cannot contain control characters: '0x${hex}'`);
  }
  if (/^[\ud800-\udfff]$/.test(character)) {
    throw fault(reading, `invalid UTF-8 byte: 0x${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, "0")}`);
  }
  reading.pos += character.length;
  if (character === "\n") reading.line++;
  return character;
}

/** Returns a fault at hand; at the end of the text Go names the line before, if the last one is empty. */
export function fault(reading: TomlReading, message: string): TomlFault {
  const isBehindBreak = reading.pos >= reading.text.length && reading.text.at(-1) === "\n";
  return new TomlFault(message, reading.line - (isBehindBreak ? 1 : 0));
}

/** Returns a fault in the line that a line break has ended. */
export function faultBefore(reading: TomlReading, message: string): TomlFault {
  return new TomlFault(message, reading.line - 1);
}

/** Returns a character as Go quotes it. */
export function quoted(character: string): string {
  if (character === "") return String.raw`'\x00'`;
  const inner = quoteString(character).slice(1, -1);
  return character === '"' ? `'"'` : character === "'" ? String.raw`'\''` : `'${inner}'`;
}
