import { type Scanner, codeAt, columnOf, isBlank, isBreak, readBreak } from "../yaml/scanner.ts";
import { type CommentScanner, type Mark, isLineEnd, markOf, maxPeek, newlinesBefore } from "./comment-source.ts";

/** What is gathered while lines of comments are read. */
interface Gathering {
  readonly source: CommentScanner;
  scan: number;
  token: number;
  /** Column counted from 1. */
  start: Mark;
  text: string;
}

/**
 * Reads lines of comments up to what follows them: each run of lines becomes the foot of the token before or the head of the one
 * behind, by indentation and empty lines. Source: `yaml_parser_scan_comments` of go-yaml v3.
 */
export function scanComments(source: CommentScanner, scanned: Mark): void {
  const { scanner } = source;
  const before = tokenBefore(scanner);
  const newlines = newlinesBefore(scanner);
  const nextIndent = Math.max(scanner.indent, 0);
  const footLine = scanned.line > 0 ? footLineOf(scanner, newlines) : -1;
  const run: Gathering = {
    source,
    scan: scanned.index,
    token: before.offset,
    start: { index: 0, line: 0, column: 0 },
    text: "",
  };
  let recentEmpty = false;
  let firstEmpty = newlines <= 1;
  let { line } = scanner;
  let column = columnOf(scanner);
  let peek = 0;
  for (; peek < maxPeek; peek++) {
    column++;
    const code = codeAt(scanner, peek);
    if (isBlank(code)) continue;
    const closesFlow = scanner.flowLevel > 0 && (code === 0x5d || code === 0x7d);
    if (closesFlow || isLineEnd(code)) {
      if (closesFlow || !recentEmpty) {
        const isBelow = run.start.line === footLine && before.type !== "value";
        if (closesFlow || (firstEmpty && (isBelow || run.start.column - 1 < nextIndent))) {
          if (run.text !== "") {
            if (run.start.column - 1 < nextIndent) run.token = run.start.index;
            addFoot(run, scanner.offset + peek);
          }
        } else if (run.text !== "" && !Number.isNaN(code)) {
          run.text += "\n";
        }
      }
      if (!isBreak(code)) break;
      firstEmpty = false;
      recentEmpty = true;
      column = 0;
      line++;
      continue;
    }
    if (run.text !== "" && column - 1 < nextIndent && column !== run.start.column) addFoot(run, scanner.offset + peek);
    if (code !== 0x23) break;
    if (run.text === "") run.start = { index: scanner.offset + peek, line, column };
    else run.text += "\n";
    recentEmpty = false;
    run.text += readLine(scanner, scanner.offset + peek);
    peek = 0;
    column = 0;
    ({ line } = scanner);
  }
  if (run.text === "") return;
  const { scan, start, text } = run;
  const end = scanner.offset + peek - 1;
  source.comments.push({ scan, token: start.index, start, end, head: text, line: "", foot: "" });
}

function tokenBefore({ tokens }: Scanner): { readonly type: string; readonly offset: number } {
  const last = tokens.at(-1);
  if (last?.type === "flow-entry") return tokens.at(-2) ?? last;
  return last ?? { type: "stream-start", offset: 0 };
}

/** The line in which a comment must begin to be below the content before. */
function footLineOf(scanner: Scanner, newlines: number): number {
  const { line, column } = markOf(scanner);
  return line - newlines + 1 + (newlines === 0 && column > 1 ? 1 : 0);
}

function addFoot(run: Gathering, end: number): void {
  const { source, scan, token, start, text } = run;
  source.comments.push({ scan, token, start, end, head: "", line: "", foot: text });
  run.scan = end;
  run.token = end;
  run.text = "";
}

/** Goes to an offset, over line breaks, and reads the rest of the line there. */
function readLine(scanner: Scanner, from: number): string {
  while (scanner.offset < from) {
    if (isBreak(codeAt(scanner))) readBreak(scanner);
    else scanner.offset++;
  }
  while (!isLineEnd(codeAt(scanner))) scanner.offset++;
  return scanner.text.slice(from, scanner.offset);
}
