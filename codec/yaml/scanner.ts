import { YamlFault } from "./yaml-fault.ts";

/** Kinds of tokens; `block-…-start` and `block-end` are made from indentation. */
export type TokenType =
  | "stream-end"
  | "version-directive"
  | "tag-directive"
  | "document-start"
  | "document-end"
  | "block-list-start"
  | "block-map-start"
  | "block-end"
  | "flow-list-start"
  | "flow-list-end"
  | "flow-map-start"
  | "flow-map-end"
  | "block-entry"
  | "flow-entry"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

/** One token. `text` is a scalar's value, an anchor's name, a tag's or directive's handle. */
export interface Token {
  readonly type: TokenType;
  readonly offset: number;
  readonly text: string;
  /** Suffix of a tag, prefix of a tag directive. */
  readonly suffix: string;
  readonly isPlain: boolean;
}

/** A place where a key without `?` may have begun. */
export interface SimpleKey {
  isPossible: boolean;
  isRequired: boolean;
  /** Number of the token before which `key` goes. */
  token: number;
  offset: number;
  line: number;
  column: number;
}

/** State of libyaml's scanner, whose reading of YAML 1.1 go-yaml v2 shares. */
export interface Scanner {
  readonly text: string;
  offset: number;
  line: number;
  lineStart: number;
  flowLevel: number;
  indent: number;
  readonly indents: number[];
  isSimpleKeyAllowed: boolean;
  /** One per flow level. */
  readonly simpleKeys: SimpleKey[];
  tokens: Token[];
  /** Index of the next token in `tokens`. */
  head: number;
  /** Number of tokens handed out. */
  parsed: number;
}

/** Returns a scanner at the start of a text; a byte order mark is skipped. Throws `YamlFault` for control characters. */
export function createScanner(text: string): Scanner {
  const control = /[^\t\n\r -~\u0085\u00a0-\ufffd]/.exec(text);
  if (control !== null)
    throw new YamlFault(
      control.index,
      "control characters are not allowed",
      "yaml: control characters are not allowed",
    );
  const start = text.startsWith("\ufeff") ? 1 : 0;
  return {
    text,
    offset: start,
    line: 0,
    lineStart: start,
    flowLevel: 0,
    indent: -1,
    indents: [],
    isSimpleKeyAllowed: true,
    simpleKeys: [noKey()],
    tokens: [],
    head: 0,
    parsed: 0,
  };
}

/** A fault found while scanning. */
export interface ScannerFault {
  readonly offset: number;
  readonly reason: string;
  /** What go-yaml says of it. */
  readonly go: string;
}

/** Returns a fault at an offset; go-yaml names the line that the scanner has come to. */
export function scannerFault({ line }: Scanner, { offset, reason, go }: ScannerFault): YamlFault {
  return new YamlFault(offset, reason, `yaml: ${line === 0 ? "" : `line ${line + 1}: `}${go}`);
}

/** Returns an entry for a flow level at which no key has begun. */
export function noKey(): SimpleKey {
  return { isPossible: false, isRequired: false, token: -1, offset: 0, line: 0, column: 0 };
}

/** Returns the code of the character at hand, or so far ahead; NaN behind the end. */
export function codeAt(scanner: Scanner, ahead = 0): number {
  return scanner.text.charCodeAt(scanner.offset + ahead);
}

/** Returns the column, counted from 0. */
export function columnOf(scanner: Scanner): number {
  return scanner.offset - scanner.lineStart;
}

/** Skips a line break and returns it as it counts in a scalar: `\n`, or the Unicode separator itself. */
export function readBreak(scanner: Scanner): string {
  const code = codeAt(scanner);
  scanner.offset += code === 13 && codeAt(scanner, 1) === 10 ? 2 : 1;
  scanner.line++;
  scanner.lineStart = scanner.offset;
  return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
}

/** Returns whether a character is a blank or a tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Returns whether a character ends a line. */
export function isBreak(code: number): boolean {
  return code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029;
}

/** Returns whether a character is blank, ends a line, or is behind the end. */
export function isBlankOrEnd(code: number): boolean {
  return isBlank(code) || isBreak(code) || Number.isNaN(code);
}

/** Returns whether `---` or `...` stands at hand at the start of a line. */
export function isDocumentMark(scanner: Scanner, mark?: 0x2d | 0x2e): boolean {
  const code = codeAt(scanner);
  if (columnOf(scanner) !== 0 || (code !== 0x2d && code !== 0x2e) || (mark !== undefined && code !== mark))
    return false;
  return codeAt(scanner, 1) === code && codeAt(scanner, 2) === code && isBlankOrEnd(codeAt(scanner, 3));
}

/** Returns whether a character may stand in an anchor's name. */
export function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f ||
    code === 0x2d
  );
}
