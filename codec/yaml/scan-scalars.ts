import {
  type Scanner,
  codeAt,
  columnOf,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isDocumentMark,
  readBreak,
  scannerFault,
} from "./scanner.ts";
import type { YamlFault } from "./yaml-fault.ts";

/** Blanks and line breaks between two parts of a scalar that may go over several lines. */
interface Gap {
  blanks: string;
  firstBreak: string;
  breaks: string;
  hasBreak: boolean;
}

/** Returns the value of a plain scalar at hand. */
export function scanPlain(scanner: Scanner): string {
  const { text } = scanner;
  const start = scanner.offset;
  const indent = scanner.indent + 1;
  const gap: Gap = { blanks: "", firstBreak: "", breaks: "", hasBreak: false };
  let value = "";
  while (!isDocumentMark(scanner) && codeAt(scanner) !== 0x23) {
    const from = scanner.offset;
    skipPlain(scanner);
    if (scanner.offset > from) value += takeGap(gap) + text.slice(from, scanner.offset);
    const code = codeAt(scanner);
    if (!isBlank(code) && !isBreak(code)) break;
    skipPlainGap(scanner, gap, { indent, start });
    if (scanner.flowLevel === 0 && columnOf(scanner) < indent) break;
  }
  if (gap.hasBreak) scanner.isSimpleKeyAllowed = true;
  return value;
}

function skipPlain(scanner: Scanner): void {
  for (;;) {
    const code = codeAt(scanner);
    if (isBlankOrEnd(code)) return;
    if (code === 0x3a && isBlankOrEnd(codeAt(scanner, 1))) return;
    if (scanner.flowLevel > 0 && isFlowEnd(code)) return;
    scanner.offset++;
  }
}

/** In lists and maps with brackets `,`, `?` and brackets end a plain scalar. */
function isFlowEnd(code: number): boolean {
  return code === 0x2c || code === 0x3f || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d;
}

function skipPlainGap(scanner: Scanner, gap: Gap, at: { indent: number; start: number }): void {
  for (let code = codeAt(scanner); isBlank(code) || isBreak(code); code = codeAt(scanner)) {
    if (gap.hasBreak && code === 9 && columnOf(scanner) < at.indent) {
      throw scannerFault(scanner, {
        offset: scanner.offset,
        reason: "a tab cannot be used for indentation",
        go: "found a tab character that violates indentation",
      });
    }
    readGap(scanner, gap, code);
  }
}

function readGap(scanner: Scanner, gap: Gap, code: number): void {
  if (isBlank(code)) {
    if (!gap.hasBreak) gap.blanks += String.fromCharCode(code);
    scanner.offset++;
  } else if (gap.hasBreak) {
    gap.breaks += readBreak(scanner);
  } else {
    gap.blanks = "";
    gap.firstBreak = readBreak(scanner);
    gap.hasBreak = true;
  }
}

/** Returns a gap as it counts in the value (a single line break is a blank) and empties it. */
function takeGap(gap: Gap): string {
  if (!gap.hasBreak) {
    const { blanks } = gap;
    gap.blanks = "";
    return blanks;
  }
  const isFolded = gap.firstBreak === "\n" || gap.firstBreak === "";
  const folded = isFolded ? gap.breaks || (gap.firstBreak === "" ? "" : " ") : gap.firstBreak + gap.breaks;
  gap.firstBreak = "";
  gap.breaks = "";
  gap.hasBreak = false;
  return folded;
}

/** Returns the value of a scalar in quotes at hand. */
export function scanQuoted(scanner: Scanner): string {
  const { text } = scanner;
  const start = scanner.offset;
  const quote = codeAt(scanner);
  let value = "";
  scanner.offset++;
  for (;;) {
    if (isDocumentMark(scanner)) throw quotedFault(scanner, start, "document indicator");
    if (Number.isNaN(codeAt(scanner))) throw quotedFault(scanner, start, "end of stream");
    const gap: Gap = { blanks: "", firstBreak: "", breaks: "", hasBreak: false };
    for (let code = codeAt(scanner); !isBlankOrEnd(code) && !gap.hasBreak; code = codeAt(scanner)) {
      if (code === quote && !(code === 0x27 && codeAt(scanner, 1) === 0x27)) break;
      if (code === quote) {
        value += "'";
        scanner.offset += 2;
      } else if (code === 0x5c && quote === 0x22) {
        if (isBreak(codeAt(scanner, 1))) {
          scanner.offset++;
          readBreak(scanner);
          gap.hasBreak = true;
        } else {
          value += readEscape(scanner);
        }
      } else {
        const from = scanner.offset;
        do scanner.offset++;
        while (isOrdinary(codeAt(scanner), quote));
        value += text.slice(from, scanner.offset);
      }
    }
    if (codeAt(scanner) === quote) break;
    for (let code = codeAt(scanner); isBlank(code) || isBreak(code); code = codeAt(scanner))
      readGap(scanner, gap, code);
    value += takeGap(gap);
  }
  scanner.offset++;
  return value;
}

function quotedFault(scanner: Scanner, offset: number, what: "document indicator" | "end of stream"): YamlFault {
  const reason =
    what === "end of stream" ? "a text in quotes has no end" : "a document separator stands in a text in quotes";
  return scannerFault(scanner, { offset, reason, go: `found unexpected ${what}` });
}

function isOrdinary(code: number, quote: number): boolean {
  return code !== quote && code !== 0x5c && !isBlankOrEnd(code);
}

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\u0007",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\u001b",
  " ": " ",
  '"': '"',
  "'": "'",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};
const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function escapeFault(scanner: Scanner, reason: string, go: string): YamlFault {
  return scannerFault(scanner, { offset: scanner.offset, reason, go });
}

function readEscape(scanner: Scanner): string {
  const letter = scanner.text.charAt(scanner.offset + 1);
  const length = escapeLengths[letter];
  if (length === undefined) {
    const known = escapes[letter];
    if (known === undefined) throw escapeFault(scanner, `unknown escape \\${letter}`, "found unknown escape character");
    scanner.offset += 2;
    return known;
  }
  const hex = scanner.text.slice(scanner.offset + 2, scanner.offset + 2 + length);
  if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(hex)) {
    throw escapeFault(
      scanner,
      `\\${letter} needs ${length} hexadecimal digits`,
      "did not find expected hexdecimal number",
    );
  }
  const code = Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw escapeFault(
      scanner,
      `\\${letter}${hex} is no Unicode character`,
      "found invalid Unicode character escape code",
    );
  }
  scanner.offset += 2 + length;
  return String.fromCodePoint(code);
}
