import { quoteString } from "../template/quote-string.ts";
import { expectText } from "../template/run-cost.ts";
import { createTomlKeys } from "./toml-keys.ts";
import { fault, faultBefore, next, peek, quoted, TomlFault, type TomlReading } from "./toml-reading.ts";
import { readLongString, readString } from "./toml-string-fault.ts";
import { isTomlDate, numberFault } from "./toml-number-fault.ts";

/** What a character takes here, roughly. */
const nanosecondsPerCharacter = 500;
const bareKey = /[\w-]*/y;
const letters = /\p{L}*/uy;
const dateStart = /\d+[-:][\d\-:Tt .Zz+]*/y;
const numberStart = /[+-]?[\d_.eE+-]*/y;
/** Returns what Go's TOML reader says of a text that is none, undefined when it says nothing of it that is known here. */
export function findTomlFault(text: string): string | undefined {
  expectText(text.length, nanosecondsPerCharacter);
  const reading: TomlReading = { text, pos: 0, line: 1, keys: createTomlKeys() };
  try {
    while (readTop(reading));
    return undefined;
  } catch (error) {
    if (!(error instanceof TomlFault)) throw error;
    const last = reading.keys.current();
    return `toml: line ${error.line}${last === "" ? "" : ` (last key ${quoteString(last)})`}: ${error.message}`;
  }
}

function skipBlanks(reading: TomlReading, pattern: RegExp): void {
  while (peek(reading) !== "" && pattern.test(peek(reading))) next(reading);
}

function skipComment(reading: TomlReading): void {
  while (!/^[\r\n]?$/.test(peek(reading))) next(reading);
}

function readTop(reading: TomlReading): boolean {
  skipBlanks(reading, /[\t \r\n]/);
  const { keys } = reading;
  switch (peek(reading)) {
    case "":
      return false;
    case "#":
      skipComment(reading);
      return true;
    case "[":
      readTableName(reading);
      break;
    default:
      readMember(reading, false);
      keys.endMember();
  }
  skipBlanks(reading, /[\t ]/);
  if (peek(reading) === "#") skipComment(reading);
  const end = next(reading);
  if (end === "" || end === "\n" || end === "\r") return end !== "";
  throw fault(
    reading,
    `expected a top-level item to end with a newline, comment, or EOF, but got ${quoted(end)} instead`,
  );
}

function readTableName(reading: TomlReading): void {
  next(reading);
  const isArray = peek(reading) === "[";
  if (isArray) next(reading);
  const { line } = reading;
  const parts: string[] = [];
  for (;;) {
    skipBlanks(reading, /[\t ]/);
    const first = peek(reading);
    if (first === "]" || first === "")
      throw fault(reading, "unexpected end of table name (table names cannot be empty)");
    if (first === ".") throw fault(reading, "unexpected table separator (table names cannot be empty)");
    parts.push(readKeyPart(reading));
    skipBlanks(reading, /[\t ]/);
    const end = next(reading);
    if (end === "]") break;
    if (end !== ".") throw fault(reading, `expected '.' or ']' to end table name, but got ${quoted(end)} instead`);
  }
  if (isArray) {
    const end = next(reading);
    if (end !== "]") {
      throw fault(reading, `expected end of table array name delimiter ']', but got ${quoted(end)} instead`);
    }
  }
  refuse(line, reading.keys.openTable(parts, isArray));
}

function refuse(line: number, reason: string | undefined): void {
  if (reason !== undefined) throw new TomlFault(reason, line);
}

function readKeyPart(reading: TomlReading): string {
  const first = peek(reading);
  if (first === '"' || first === "'") {
    next(reading);
    return readString(reading, first);
  }
  return take(reading, bareKey);
}

function take(reading: TomlReading, pattern: RegExp): string {
  pattern.lastIndex = reading.pos;
  const found = pattern.exec(reading.text)?.[0] ?? "";
  reading.pos += found.length;
  return found;
}

/** Reads `key = value`; the last key is the one at hand until this one has been read. */
function readMember(reading: TomlReading, hasLast: boolean): void {
  const first = peek(reading);
  if (first === "=" || first === "") throw fault(reading, "unexpected '=': key name appears blank");
  if (first === ".") throw fault(reading, "unexpected '.': keys cannot start with a '.'");
  const { line } = reading;
  const parts: string[] = [];
  for (;;) {
    skipBlanks(reading, /[\t ]/);
    if (peek(reading) === "=" || peek(reading) === "") throw fault(reading, "unexpected '='");
    if (peek(reading) === ".") throw fault(reading, "unexpected '.'");
    parts.push(readKeyPart(reading));
    skipBlanks(reading, /[\t ]/);
    const end = next(reading);
    if (end === "=") break;
    if (end === "") throw fault(reading, "unexpected EOF; expected key separator '='");
    if (end === "\n") throw faultBefore(reading, `expected '.' or '=', but got ${quoted(end)} instead`);
    if (end !== ".") throw fault(reading, `expected '.' or '=', but got ${quoted(end)} instead`);
  }
  if (hasLast) reading.keys.endMember();
  reading.keys.startMember(parts);
  const kind = readValue(reading);
  refuse(line, reading.keys.setMember(kind));
}

function readValue(reading: TomlReading): "table" | "value" {
  skipBlanks(reading, /[\t ]/);
  const { text, pos } = reading;
  const first = peek(reading);
  if (/[\d+-]/.test(first)) {
    readNumber(reading);
    return "value";
  }
  if (first === "" || first === "\n" || first === "\r" || !/[[{"'.\p{L}]/u.test(first)) {
    next(reading);
    if (first === "") throw fault(reading, "unexpected EOF; expected value");
    const message = `expected value but found ${quoted(first)} instead`;
    throw first === "\n" ? faultBefore(reading, message) : fault(reading, message);
  }
  if (first === "[" || first === "{") {
    next(reading);
    if (first === "[") readArray(reading);
    else readInlineTable(reading);
    return first === "{" ? "table" : "value";
  }
  if (first === '"' || first === "'") {
    const isLong = text.startsWith(first.repeat(3), pos);
    reading.pos += isLong ? 3 : 1;
    if (isLong) readLongString(reading, first);
    else readString(reading, first);
    return "value";
  }
  if (first === ".") {
    next(reading);
    throw fault(reading, "floats must start with a digit, not '.'");
  }
  if (text.startsWith("inf", pos) || text.startsWith("nan", pos)) {
    reading.pos += 3;
    return "value";
  }
  const word = take(reading, letters);
  if (word !== "true" && word !== "false") {
    throw fault(reading, `expected value but found ${quoteString(word)} instead`);
  }
  return "value";
}

function readNumber(reading: TomlReading): void {
  const start = reading.pos;
  const date = take(reading, dateStart).trim();
  if (date !== "") {
    if (!isTomlDate(date)) throw fault(reading, `invalid datetime: ${quoteString(date)}`);
    return;
  }
  const special = numberFault(reading.text.slice(start));
  if (special !== undefined) {
    reading.pos = start + special.length;
    throw fault(reading, special.message);
  }
  if (/[+-]?(?:inf|nan)/y.test(reading.text.slice(start))) reading.pos += reading.text[start] === "i" ? 3 : 4;
  else if (/^0[xob]/.test(reading.text.slice(start))) take(reading, /[\w]*/y);
  else take(reading, numberStart);
}

/** What ends a list of items, and the words for what stands there instead of a comma. */
interface ItemList {
  readonly end: string;
  readonly expected: (found: string) => string;
}

const array: ItemList = {
  end: "]",
  expected: (found) => `expected a comma (',') or array terminator (']'), but got ${found}`,
};

const inlineTable: ItemList = {
  end: "}",
  expected: (found) => `expected a comma or an inline table terminator '}', but got ${found} instead`,
};

function readArray(reading: TomlReading): void {
  readItems(reading, array, () => {
    readValue(reading);
  });
}

function readInlineTable(reading: TomlReading): void {
  const { keys } = reading;
  keys.enterInline();
  let isFirst = true;
  readItems(reading, inlineTable, () => {
    readMember(reading, !isFirst);
    isFirst = false;
  });
  if (!isFirst) keys.endMember();
  keys.leaveInline();
}

/** Reads items with commas between them up to what ends them. */
function readItems(reading: TomlReading, { end, expected }: ItemList, readItem: () => void): void {
  for (let needsComma = false; ;) {
    skipBlanks(reading, /[\t \r\n]/);
    const first = peek(reading);
    if (first === "#") {
      skipComment(reading);
    } else if (first === end) {
      next(reading);
      return;
    } else if (needsComma) {
      next(reading);
      if (first !== ",") throw fault(reading, expected(first === "" ? "end of file" : `'${first}'`));
      needsComma = false;
    } else {
      if (first === ",") throw fault(reading, "unexpected comma");
      readItem();
      needsComma = true;
    }
  }
}
