import { type Scanner, columnOf, createScanner, isBlank, isBreak } from "../yaml/scanner.ts";

/** A place in a text: offset in UTF-16 units, line from 0. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** A comment that is to be given to a token; `token` is the offset from which on tokens may have it. */
export interface Comment {
  scan: number;
  token: number;
  start: Mark;
  end: number;
  head: string;
  line: string;
  foot: string;
}

/** A scanner that keeps comments, as go-yaml v3 does. */
export interface CommentScanner {
  readonly scanner: Scanner;
  readonly comments: Comment[];
  /** Index of the first comment that no token has yet. */
  firstComment: number;
}

/** How far ahead go-yaml looks for a comment. */
export const maxPeek = 512;

/** Returns a scanner at the start of a text. Throws `YamlFault` for control characters. */
export function createCommentScanner(text: string): CommentScanner {
  return { scanner: createScanner(text), comments: [], firstComment: 0 };
}

/** Returns where a scanner is. */
export function markOf(scanner: Scanner): Mark {
  return { index: scanner.offset, line: scanner.line, column: columnOf(scanner) };
}

/** Returns the number of line breaks since the last character that is not blank. */
export function newlinesBefore({ text, offset }: Scanner): number {
  let count = 0;
  for (let index = offset - 1; index >= 0; index--) {
    const code = text.charCodeAt(index);
    if (isBreak(code)) {
      if (code === 10 && text.charCodeAt(index - 1) === 13) index--;
      count++;
    } else if (!isBlank(code)) {
      break;
    }
  }
  return count;
}

/** Returns whether a line ends here, or the text. */
export function isLineEnd(code: number): boolean {
  return isBreak(code) || Number.isNaN(code);
}
