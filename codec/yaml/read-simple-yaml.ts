import type { JsonValue } from "../json-value.ts";
import { resolveYamlScalar, yamlKeyText } from "./resolve-yaml-scalar.ts";
import {
  blockHeader,
  blockIndent,
  emptyMap,
  isKeyCharacter,
  maxDepth,
  maxKey,
  plainStart,
  quotedKey,
  quotedText,
  strange,
  textList,
} from "./simple-tokens.ts";

/** Thrown inside only: the text has something that is not read here. */
class NotSimple extends Error {}

/** The text and the line at hand: where its content begins and ends, and in which column it begins. */
interface Lines {
  readonly text: string;
  start: number;
  end: number;
  /** −1 behind the last line. */
  column: number;
}

/**
 * Returns the value of a document that is written in the simple way of nearly all manifests: maps and lists by indentation,
 * texts on one line, in quotes without escapes or as a `|` block. `undefined` for whatever else it holds, faults, duplicate
 * keys and several documents included: `composeYaml` reads that, and what is read here comes out the same there.
 */
export function readSimpleYaml(text: string): JsonValue | undefined {
  if (strange.test(text)) return undefined;
  const lines: Lines = { text, start: 0, end: 0, column: 0 };
  try {
    goTo(lines, 0);
    if (lines.column === 0 && text.startsWith("---", lines.start) && lines.end === lines.start + 3)
      goTo(lines, lines.end + 1);
    if (lines.column < 0) return undefined;
    const value = readBlock(lines, 0);
    return lines.column < 0 ? value : undefined;
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

/** Goes to the first line from an offset on (the start of a line) that is neither blank nor a comment. */
function goTo(lines: Lines, offset: number): void {
  const { text } = lines;
  let at = offset;
  while (at < text.length) {
    let start = at;
    while (text.charCodeAt(start) === 32) start++;
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    if (start < end && text.charCodeAt(start) !== 0x23) {
      lines.start = start;
      lines.end = end;
      lines.column = start - at;
      return;
    }
    at = end + 1;
  }
  lines.column = -1;
}

function nextLine(lines: Lines): void {
  goTo(lines, lines.end + 1);
}

/** Returns what a pattern finds at an offset, and nothing elsewhere. */
function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

function isDash({ text, start, end }: Lines): boolean {
  return text.charCodeAt(start) === 0x2d && (start + 1 === end || text.charCodeAt(start + 1) === 32);
}

function readBlock(lines: Lines, depth: number): JsonValue {
  if (depth > maxDepth) throw new NotSimple();
  return isDash(lines) ? readList(lines, lines.column, depth) : readMap(lines, lines.column, depth);
}

/** Reads the items whose dashes stand in a column. */
function readList(lines: Lines, column: number, depth: number): JsonValue {
  const items: JsonValue[] = [];
  while (lines.column === column && isDash(lines)) {
    const { text, start, end } = lines;
    let at = start + 1;
    while (at < end && text.charCodeAt(at) === 32) at++;
    if (at === end || text.charCodeAt(at) === 0x23) {
      nextLine(lines);
      items.push(lines.column > column ? readBlock(lines, depth + 1) : null);
    } else if (readKey(lines, at) === undefined) {
      items.push(readText(lines, at, column));
    } else {
      lines.column += at - start;
      lines.start = at;
      items.push(readMap(lines, lines.column, depth + 1));
    }
  }
  if (lines.column > column) throw new NotSimple();
  return items;
}

/** Reads the entries whose keys begin in a column. */
function readMap(lines: Lines, column: number, depth: number): JsonValue {
  if (depth > maxDepth) throw new NotSimple();
  const map: Record<string, JsonValue> = {};
  while (lines.column === column) {
    const key = readKey(lines, lines.start);
    if (key === undefined || key.name === "__proto__" || Object.hasOwn(map, key.name)) throw new NotSimple();
    map[key.name] = readEntry(lines, key.end + 1, { column, depth });
  }
  if (lines.column > column) throw new NotSimple();
  return map;
}

function readKey(lines: Lines, offset: number): { readonly name: string; readonly end: number } | undefined {
  const { text, end } = lines;
  let at = offset;
  while (isKeyCharacter(text.charCodeAt(at))) at++;
  if (at > offset) {
    if (!isColon(lines, at) || text.charCodeAt(offset) === 0x2d || at - offset > maxKey) return undefined;
    const name = yamlKeyText(resolveYamlScalar(text.slice(offset, at)));
    return name === undefined ? undefined : { name, end: at };
  }
  const code = text.charCodeAt(offset);
  if (code !== 0x22 && code !== 0x27) return undefined;
  const [whole, double, single] = matchAt(quotedKey, text, offset) ?? [];
  if (whole === undefined || offset + whole.length >= end) return undefined;
  return { name: double ?? single ?? "", end: offset + whole.length };
}

/** Whether a colon stands there with a blank or nothing behind it. */
function isColon({ text, end }: Lines, at: number): boolean {
  return text.charCodeAt(at) === 0x3a && (at + 1 === end || text.charCodeAt(at + 1) === 32);
}

/** Reads what stands behind a key's colon, on its line or below. */
function readEntry(
  lines: Lines,
  offset: number,
  place: { readonly column: number; readonly depth: number },
): JsonValue {
  const { text, end } = lines;
  const { column, depth } = place;
  let at = offset;
  while (at < end && text.charCodeAt(at) === 32) at++;
  if (at < end && text.charCodeAt(at) !== 0x23) return readText(lines, at, column);
  nextLine(lines);
  if (lines.column > column) return readBlock(lines, depth + 1);
  // Dashes may stand below the key that the list belongs to.
  return lines.column === column && isDash(lines) ? readList(lines, column, depth + 1) : null;
}

/** Reads a scalar, or an empty or simple collection in brackets, and goes to the line behind it. */
function readText(lines: Lines, offset: number, column: number): JsonValue {
  const { text } = lines;
  const code = text.charCodeAt(offset);
  if (code === 0x7c) return readLiteral(lines, offset, column);
  let value: JsonValue;
  if (code === 0x22 || code === 0x27) value = readQuoted(text, offset);
  else if (matchAt(plainStart, text, offset) === null) value = readBrackets(text, offset);
  else value = readPlain(lines, offset, column);
  nextLine(lines);
  if (lines.column > column) throw new NotSimple();
  return value;
}

function readQuoted(text: string, offset: number): string {
  const [whole, double, single] = matchAt(quotedText, text, offset) ?? [];
  if (whole === undefined) throw new NotSimple();
  return double ?? single ?? "";
}

function readPlain(lines: Lines, offset: number, column: number): JsonValue {
  const { text, end } = lines;
  const comment = text.slice(offset, end).indexOf(" #");
  const hasComment = comment >= 0;
  const first = plainPart(text, offset, hasComment ? offset + comment : end);
  const { type, value } = resolveYamlScalar(hasComment ? first : first + readMore(lines, column));
  if (type === "float" && !Number.isFinite(value)) throw new NotSimple();
  return value;
}

function plainPart(text: string, start: number, end: number): string {
  let last = end;
  while (text.charCodeAt(last - 1) === 32) last--;
  const plain = text.slice(start, last);
  if (plain.endsWith(":") || plain.includes(": ")) throw new NotSimple();
  return plain;
}

/** Reads the lines on which a plain scalar goes on: a line break counts as a blank, empty lines as breaks. */
function readMore(lines: Lines, column: number): string {
  const { text } = lines;
  let more = "";
  let breaks = "";
  for (let at = lines.end + 1; at < text.length;) {
    let start = at;
    while (text.charCodeAt(start) === 32) start++;
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    if (start === end) {
      breaks += "\n";
    } else {
      if (start - at <= column || text.charCodeAt(start) === 0x23) break;
      const part = plainPart(text, start, end);
      if (part.includes(" #")) throw new NotSimple();
      more += (breaks || " ") + part;
      breaks = "";
      lines.end = end;
    }
    at = end + 1;
  }
  return more;
}

function readBrackets(text: string, offset: number): JsonValue {
  if (matchAt(emptyMap, text, offset) !== null) return {};
  const [list] = matchAt(textList, text, offset) ?? [];
  if (list === undefined) throw new NotSimple();
  return Array.from(list.matchAll(/"([^"]*)"|'([^']*)'/g), ([, double, single]) => double ?? single ?? "");
}

/** Reads a `|` block: its indentation is that of its first line. */
function readLiteral(lines: Lines, offset: number, column: number): string {
  const { text } = lines;
  const [whole, chomping = ""] = matchAt(blockHeader, text, offset) ?? [];
  if (whole === undefined) throw new NotSimple();
  const first = offset + whole.length;
  const indent = blockIndent(text, first);
  if (indent <= column) throw new NotSimple();
  let value = "";
  let breaks = "";
  let at = first;
  while (at < text.length) {
    let start = at;
    while (start < at + indent && text.charCodeAt(start) === 32) start++;
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    if (start === end) breaks += found < 0 ? "" : "\n";
    else if (start < at + indent) break;
    else {
      value += breaks + text.slice(start, end);
      breaks = found < 0 ? "" : "\n";
    }
    at = end + 1;
  }
  goTo(lines, at);
  if (lines.column > column) throw new NotSimple();
  if (chomping === "+") return value + breaks;
  return chomping === "-" || breaks === "" ? value : `${value}\n`;
}
