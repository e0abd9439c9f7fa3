import { fetchHere } from "../yaml/scan-token.ts";
import {
  type Scanner,
  type Token,
  codeAt,
  columnOf,
  isBlank,
  isBreak,
  isDocumentMark,
  readBreak,
} from "../yaml/scanner.ts";
import { bareToken, isKeyPossible } from "../yaml/token-queue.ts";
import { YamlFault } from "../yaml/yaml-fault.ts";
import { type Comment, type CommentScanner, type Mark, markOf, maxPeek, newlinesBefore } from "./comment-source.ts";
import { scanComments } from "./scan-comments.ts";

/** Returns the next token without taking it; two more are read, since comments below a token must be known with it. */
export function peekCommented(source: CommentScanner): Token {
  const { scanner } = source;
  while (scanner.head >= scanner.tokens.length - 2 || mayBeKey(scanner)) fetchNext(source);
  const token = scanner.tokens[scanner.head];
  if (token === undefined) throw new YamlFault(scanner.offset, "unexpected end");
  return token;
}

function mayBeKey(scanner: Scanner): boolean {
  const key = scanner.simpleKeys.find(({ isPossible, token }) => isPossible && token === scanner.parsed);
  return key !== undefined && isKeyPossible(scanner, key);
}

function fetchNext(source: CommentScanner): void {
  const { scanner } = source;
  const scanned = markOf(scanner);
  skipToToken(source, scanned);
  unroll(source, columnOf(scanner), scanned);
  const code = codeAt(scanner);
  const isEnd = Number.isNaN(code) || isDocumentMark(scanner) || (columnOf(scanner) === 0 && code === 0x25);
  if (isEnd) {
    unroll(source, -1, markOf(scanner));
    fetchHere(scanner);
    return;
  }
  const isBehind = scanner.flowLevel === 0 ? code === 0x3a : code === 0x2c;
  const commented = isBehind ? (scanner.tokens.at(-1)?.offset ?? 0) : scanner.offset;
  if (scanner.flowLevel === 0 && (code === 0x7c || code === 0x3e)) readHeaderComment(source);
  fetchHere(scanner);
  // The dash of an item has no comment of its own: it is the head of what follows.
  if (scanner.tokens.at(-1)?.type !== "block-entry") scanLineComment(source, commented);
}

/** The comment behind `|` or `>`. */
function readHeaderComment({ scanner, comments }: CommentScanner): void {
  const header = /[|>][-+0-9]*[ \t]*(?=#)/y;
  header.lastIndex = scanner.offset;
  const found = header.exec(scanner.text);
  if (found === null) return;
  const index = scanner.offset + found[0].length;
  comments.push(lineComment(scanner, index, scanner.offset));
}

function lineComment(scanner: Scanner, index: number, token: number): Comment {
  const { text, line, lineStart } = scanner;
  let end = index;
  while (end < text.length && !isBreak(text.charCodeAt(end))) end++;
  const start = { index, line, column: index - lineStart };
  return { scan: 0, token, start, end: 0, head: "", line: text.slice(index, end), foot: "" };
}

function scanLineComment({ scanner, comments }: CommentScanner, token: number): void {
  if (newlinesBefore(scanner) > 0) return;
  let ahead = 0;
  while (ahead < maxPeek && isBlank(codeAt(scanner, ahead))) ahead++;
  if (codeAt(scanner, ahead) !== 0x23) return;
  const comment = lineComment(scanner, scanner.offset + ahead, token);
  comments.push(comment);
  scanner.offset += ahead + comment.line.length;
}

function skipToToken(source: CommentScanner, scanned: Mark): void {
  const { scanner } = source;
  for (;;) {
    while (
      codeAt(scanner) === 32 ||
      (codeAt(scanner) === 9 && (scanner.flowLevel > 0 || !scanner.isSimpleKeyAllowed))
    ) {
      scanner.offset++;
    }
    headOfItem(source);
    if (codeAt(scanner) === 0x23) scanComments(source, scanned);
    if (!isBreak(codeAt(scanner))) return;
    readBreak(scanner);
    if (scanner.flowLevel === 0) scanner.isSimpleKeyAllowed = true;
  }
}

/** A comment behind the dash of a first item is the head of what the item holds. */
function headOfItem({ scanner, comments }: CommentScanner): void {
  const comment = comments.at(-1);
  if (comment === undefined || comment.line === "" || isBreak(codeAt(scanner))) return;
  if (scanner.tokens.at(-2)?.type !== "block-list-start" || scanner.tokens.at(-1)?.type !== "block-entry") return;
  comment.head = comment.line;
  comment.line = "";
  if (comment.start.line === scanner.line - 1) comment.token = scanner.offset;
}

/** Ends blocks; their ends stand before comments that belong to what is around them. */
function unroll({ scanner, comments }: CommentScanner, column: number, scanned: Mark): void {
  if (scanner.flowLevel > 0) return;
  let end = scanned.index - 1;
  while (scanner.indent > column) {
    let stop = end;
    for (const comment of comments.toReversed()) {
      if (comment.end < stop) break;
      if (comment.start.column === scanner.indent + 1) end = comment.start.index;
      stop = comment.scan;
    }
    scanner.tokens.push(bareToken("block-end", end));
    scanner.indent = scanner.indents.pop() ?? -1;
  }
}
