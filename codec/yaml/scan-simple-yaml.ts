import {
  blockHeader,
  blockIndent,
  emptyMap,
  isKeyCharacter,
  lineEnd,
  maxDepth,
  maxKey,
  plainStart,
  quotedKey,
  quotedText,
  skipBlanks,
  strange,
  textList,
} from "./simple-tokens.ts";

/** An entry of a document's map: its key as it is written, and where its lines begin and end. */
export interface SimpleEntry {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** What a line may be followed by: lines of its own collection, or those of the value that its key or dash leaves open. */
type Open = "key" | "dash" | undefined;

interface Scan {
  readonly text: string;
  /** Columns of the collections around the line at hand, the innermost at `last`; what stands behind that is of lines before. */
  readonly columns: number[];
  readonly areLists: boolean[];
  last: number;
  readonly entries: { key: string; start: number; end: number }[];
}

/** Where a scan goes on when the text is not simple. */
const refused = -1;

/**
 * Returns the entries of a document that is a map written in the simple way of nearly all manifests (see `readSimpleYaml`),
 * without making their values: `composeYaml` reads such a document without a fault. `undefined` for whatever else it is. A key
 * may be given twice below the document's own.
 */
export function scanSimpleYaml(text: string): SimpleEntry[] | undefined {
  if (strange.test(text)) return undefined;
  const scan: Scan = { text, columns: [], areLists: [], last: -1, entries: [] };
  const start = firstLine(text);
  return start !== refused && scanLines(scan, start) ? scan.entries : undefined;
}

/** Returns the start of the first line with content behind a marker that may open the document. */
function firstLine(text: string): number {
  const start = nextContent(text, 0);
  if (!text.startsWith("---", start)) return start;
  return lineEnd(text, start) === start + 3 ? nextContent(text, start + 4) : refused;
}

/** Returns the start of the next line that is neither blank nor a comment, or the end of the text. */
function nextContent(text: string, offset: number): number {
  let line = offset;
  while (line < text.length) {
    const at = skipBlanks(text, line);
    const code = text.charCodeAt(at);
    if (code !== 0x23 && code !== 10 && at < text.length) return line;
    line = lineEnd(text, at) + 1;
  }
  return text.length;
}

function scanLines(scan: Scan, first: number): boolean {
  const { text } = scan;
  const start = skipBlanks(text, first);
  if (start >= text.length || isDash(text, start)) return false;
  push(scan, start - first, false);
  let open: Open;
  for (let line = first; line < text.length; line = nextContent(text, line)) {
    let at = skipBlanks(text, line);
    const hasDash = isDash(text, at);
    let column = at - line;
    const isInner = open !== undefined && opens(scan, column, hasDash && open === "key");
    if (!(isInner ? push(scan, column, hasDash) : goesOn(scan, column, hasDash))) return false;
    open = undefined;
    if (hasDash) {
      at = skipBlanks(text, at + 1);
      if (isEnd(text, at)) {
        open = "dash";
        line = lineEnd(text, at) + 1;
        continue;
      }
    }
    const colon = keyEnd(text, at);
    if (colon === refused) {
      if (!hasDash) return false;
    } else {
      if (hasDash) {
        column = at - line;
        if (!push(scan, column, false)) return false;
      } else if (scan.last === 0 && !startEntry(scan, line, at, colon)) {
        return false;
      }
      at = skipBlanks(text, colon + 1);
      if (isEnd(text, at)) {
        open = "key";
        line = lineEnd(text, at) + 1;
        continue;
      }
    }
    line = scanValue(text, at, column);
    if (line === refused) return false;
  }
  return true;
}

/** Whether a line at a column is of the value that the line before has left open; dashes may stand below their key. */
function opens({ columns, last }: Scan, column: number, mayStandBelow: boolean): boolean {
  const around = columns[last] ?? 0;
  return column > around || (mayStandBelow && column === around);
}

/** Enters a collection; false where there are too many. */
function push(scan: Scan, column: number, isList: boolean): boolean {
  scan.last++;
  scan.columns[scan.last] = column;
  scan.areLists[scan.last] = isList;
  return scan.last <= maxDepth;
}

/** Leaves the collections that end before a line at a column; false where it belongs to none of those around. */
function goesOn(scan: Scan, column: number, hasDash: boolean): boolean {
  const { columns, areLists } = scan;
  let { last } = scan;
  while (last >= 0 && (columns[last] ?? 0) > column) last--;
  if (!hasDash && last >= 0 && areLists[last] === true && columns[last] === column) last--;
  scan.last = last;
  return last >= 0 && columns[last] === column && areLists[last] === hasDash;
}

/** Objects of a cluster have a few. */
const maxEntries = 100;

/** Notes that an entry of the document's map begins; false for a key in quotes, and for one that is there already. */
function startEntry({ text, entries }: Scan, line: number, ...[start, end]: [number, number]): boolean {
  const key = text.slice(start, end);
  if (!isKeyCharacter(key.charCodeAt(0)) || entries.length === maxEntries) return false;
  if (entries.some((entry) => entry.key === key)) return false;
  const last = entries.at(-1);
  if (last !== undefined) last.end = line;
  entries.push({ key, start: line, end: text.length });
  return true;
}

function isDash(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== 0x2d) return false;
  const next = text.charCodeAt(at + 1);
  return next === 32 || next === 10 || at + 1 === text.length;
}

/** Whether nothing but a comment follows on the line. */
function isEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || code === 0x23 || at >= text.length;
}

/** Returns the offset of the colon behind a key; refuses what is no key, and keys that JSON cannot have. */
function keyEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === 0x22 || first === 0x27) return lastIndex(quotedKey, text, start);
  let at = start;
  while (isKeyCharacter(text.charCodeAt(at))) at++;
  if (at === start || first === 0x2d || text.charCodeAt(at) !== 0x3a || at - start > maxKey) return refused;
  const next = text.charCodeAt(at + 1);
  if (next !== 32 && next !== 10 && at + 1 < text.length) return refused;
  return isOddKey(text, start, at) ? refused : at;
}

const longestIntegers = 15;

/** Whether a key may be `null`, or a number too large for a key. */
function isOddKey(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (first >= 0x30 && first <= 0x39) return end - start > longestIntegers;
  return end - start === 4 && (first === 0x6e || first === 0x4e) && text.slice(start, end).toLowerCase() === "null";
}

function lastIndex(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : refused;
}

/** Returns the start of the line behind a value that begins on a line, in a collection at a column. */
function scanValue(text: string, at: number, column: number): number {
  const code = text.charCodeAt(at);
  if (code === 0x7c) return scanBlock(text, at, column);
  if (code === 0x22 || code === 0x27) return lineBehind(text, lastIndex(quotedText, text, at));
  if (code === 0x7b) return lineBehind(text, lastIndex(emptyMap, text, at));
  if (code === 0x5b) return lineBehind(text, lastIndex(textList, text, at));
  if (!mayBeginPlain(text, at) || mayBeInfinite(text, at)) return refused;
  const end = plainEnd(text, at);
  if (end === refused) return refused;
  return text.charCodeAt(end) === 0x23 ? lineEnd(text, end) + 1 : scanMore(text, end + 1, column);
}

function lineBehind(text: string, at: number): number {
  return at === refused ? refused : lineEnd(text, at) + 1;
}

function mayBeginPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2e && code <= 0x39)) return true;
  return lastIndex(plainStart, text, at) !== refused;
}

/** Whether it may be `.inf` or `.nan`, which JSON has not. */
function mayBeInfinite(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const dot = code === 0x2b || code === 0x2d ? at + 1 : at;
  return text.charCodeAt(dot) === 0x2e && /^[inIN]/.test(text.charAt(dot + 1));
}

/** Returns the end of a plain scalar's part on a line: the line break, or the `#` of a comment. */
function plainEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) return at;
    if (code === 0x3a) {
      const next = text.charCodeAt(at + 1);
      if (next === 32 || next === 10 || at + 1 === text.length) return refused;
    } else if (code === 0x23 && text.charCodeAt(at - 1) === 32) {
      return at;
    }
  }
  return at;
}

/** Returns the start of the line behind those on which a plain scalar goes on. */
function scanMore(text: string, offset: number, column: number): number {
  let line = offset;
  while (line < text.length) {
    const at = skipBlanks(text, line);
    const code = text.charCodeAt(at);
    if (code === 10 || at === text.length) {
      line = at + 1;
    } else {
      if (at - line <= column || code === 0x23) return line;
      const end = plainEnd(text, at);
      if (end === refused || text.charCodeAt(end) === 0x23) return refused;
      line = end + 1;
    }
  }
  return line;
}

/** Returns the start of the line behind a `|` block: its indentation is that of its first line. */
function scanBlock(text: string, at: number, column: number): number {
  const first = lastIndex(blockHeader, text, at);
  if (first === refused) return refused;
  const indent = blockIndent(text, first);
  if (indent <= column) return refused;
  let line = first;
  while (line < text.length) {
    const start = skipBlanks(text, line);
    if (start - line < indent && start < text.length && text.charCodeAt(start) !== 10) return line;
    line = lineEnd(text, start) + 1;
  }
  return line;
}
