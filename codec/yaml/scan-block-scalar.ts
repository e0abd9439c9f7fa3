import { type Scanner, codeAt, columnOf, isBlank, isBlankOrEnd, isBreak, readBreak, scannerFault } from "./scanner.ts";

/** What stands behind `|` or `>`. */
interface BlockHeader {
  readonly chomping: "clip" | "strip" | "keep";
  /** Indentation of the text as given, 0 when it is to be found out. */
  readonly indent: number;
}

/** Returns the value of a `|` or `>` scalar at hand. */
export function scanBlockScalar(scanner: Scanner): string {
  const isLiteral = codeAt(scanner) === 0x7c;
  const header = readHeader(scanner);
  const leading = readBreaks(scanner, header.indent);
  const { indent } = leading;
  let { breaks } = leading;
  let value = "";
  let lastBreak = "";
  let startsBlank = false;
  while (columnOf(scanner) === indent && !Number.isNaN(codeAt(scanner))) {
    const isBlankLine = isBlank(codeAt(scanner));
    if (!isLiteral && lastBreak === "\n" && !startsBlank && !isBlankLine) value += breaks === "" ? " " : breaks;
    else value += lastBreak + breaks;
    startsBlank = isBlankLine;
    const from = scanner.offset;
    while (!isBreakOrEnd(codeAt(scanner))) scanner.offset++;
    value += scanner.text.slice(from, scanner.offset);
    lastBreak = Number.isNaN(codeAt(scanner)) ? "" : readBreak(scanner);
    ({ breaks } = readBreaks(scanner, indent));
  }
  if (header.chomping !== "strip") value += lastBreak;
  return header.chomping === "keep" ? value + breaks : value;
}

function readHeader(scanner: Scanner): BlockHeader {
  const start = scanner.offset;
  const match = /[|>](?:([+-])(\d?)|(\d)([+-]?))?/y;
  match.lastIndex = start;
  const [whole = "|", signFirst, digitSecond, digitFirst, signSecond] = match.exec(scanner.text) ?? [];
  const sign = signFirst ?? signSecond ?? "";
  const digit = digitFirst ?? digitSecond ?? "";
  if (digit === "0")
    throw scannerFault(scanner, {
      offset: start,
      reason: "the indentation of a block cannot be 0",
      go: "found an indentation indicator equal to 0",
    });
  scanner.offset += whole.length;
  while (isBlank(codeAt(scanner))) scanner.offset++;
  if (codeAt(scanner) === 0x23) while (!isBreakOrEnd(codeAt(scanner))) scanner.offset++;
  if (!isBreakOrEnd(codeAt(scanner)))
    throw scannerFault(scanner, {
      offset: scanner.offset,
      reason: "only a comment may follow | or > on its line",
      go: "did not find expected comment or line break",
    });
  if (isBreak(codeAt(scanner))) readBreak(scanner);
  const indent = digit === "" ? 0 : Math.max(scanner.indent, 0) + Number(digit);
  return { chomping: sign === "" ? "clip" : sign === "-" ? "strip" : "keep", indent };
}

/** Skips indentation and empty lines; finds the indentation out when it is 0. */
function readBreaks(scanner: Scanner, given: number): { breaks: string; indent: number } {
  const limit = given === 0 ? Number.POSITIVE_INFINITY : given;
  let breaks = "";
  let widest = 0;
  for (;;) {
    const width = skipIndent(scanner, limit);
    widest = Math.max(widest, width);
    if (width < limit && codeAt(scanner) === 9) {
      throw scannerFault(scanner, {
        offset: scanner.offset,
        reason: "a tab stands where a block's indentation is expected",
        go: "found a tab character where an indentation space is expected",
      });
    }
    if (!isBreak(codeAt(scanner))) break;
    breaks += readBreak(scanner);
  }
  return { breaks, indent: given === 0 ? Math.max(widest, scanner.indent + 1, 1) : given };
}

/** Skips blanks up to a column and returns the column reached. */
function skipIndent(scanner: Scanner, limit: number): number {
  let column = columnOf(scanner);
  for (; column < limit && codeAt(scanner) === 32; column++) scanner.offset++;
  return column;
}

function isBreakOrEnd(code: number): boolean {
  return isBlankOrEnd(code) && !isBlank(code);
}
