import { type Scanner, type SimpleKey, type Token, type TokenType, columnOf, scannerFault } from "./scanner.ts";
import { YamlFault } from "./yaml-fault.ts";

/** Blocks nested deeper than this are refused. */
const maxIndents = 1000;
/** A key without `?` must find its `:` within this many characters. */
const maxSimpleKey = 1024;

/** Returns a token without text. */
export function bareToken(type: TokenType, offset: number): Token {
  return { type, offset, text: "", suffix: "", isPlain: false };
}

/** Inserts a token before the one of a number, counted from the start of the text. */
export function insertToken(scanner: Scanner, token: Token, before: number): void {
  scanner.tokens.splice(before - scanner.parsed + scanner.head, 0, token);
}

/** Goes to a deeper indentation when the column is one: a block begins, before the token of the number if given. */
export function rollIndent(
  scanner: Scanner,
  type: "block-list-start" | "block-map-start",
  at: { readonly column: number; readonly offset: number; readonly token?: number },
): void {
  if (scanner.flowLevel > 0 || scanner.indent >= at.column) return;
  scanner.indents.push(scanner.indent);
  scanner.indent = at.column;
  if (scanner.indents.length > maxIndents) throw new YamlFault(at.offset, `nested deeper than ${maxIndents} levels`);
  const token = bareToken(type, at.offset);
  if (at.token === undefined) scanner.tokens.push(token);
  else insertToken(scanner, token, at.token);
}

/** Ends the blocks that are indented deeper than a column. */
export function unrollIndent(scanner: Scanner, column: number): void {
  if (scanner.flowLevel > 0) return;
  while (scanner.indent > column) {
    scanner.tokens.push(bareToken("block-end", scanner.offset));
    scanner.indent = scanner.indents.pop() ?? -1;
  }
}

/** Notes that a key may begin at hand. */
export function saveSimpleKey(scanner: Scanner): void {
  if (!scanner.isSimpleKeyAllowed) return;
  removeSimpleKey(scanner);
  const key = scanner.simpleKeys.at(-1);
  if (key === undefined) return;
  const column = columnOf(scanner);
  key.isPossible = true;
  key.isRequired = scanner.flowLevel === 0 && scanner.indent === column;
  key.token = scanner.parsed + scanner.tokens.length - scanner.head;
  key.offset = scanner.offset;
  key.line = scanner.line;
  key.column = column;
}

/** Notes that no key can begin where one could. Throws `YamlFault` where one had to. */
export function removeSimpleKey(scanner: Scanner): void {
  const key = scanner.simpleKeys.at(-1);
  if (key?.isPossible !== true) return;
  if (key.isRequired) throw keyless(scanner, key);
  key.isPossible = false;
}

function keyless(scanner: Scanner, { offset }: SimpleKey): YamlFault {
  const reason = "expected a key with its ':', found a value";
  return scannerFault(scanner, { offset, reason, go: "could not find expected ':'" });
}

/** Returns whether a key that may have begun can still find its `:`. Throws `YamlFault` where it had to. */
export function isKeyPossible(scanner: Scanner, key: SimpleKey): boolean {
  if (!key.isPossible) return false;
  if (key.line === scanner.line && key.offset + maxSimpleKey >= scanner.offset) return true;
  if (key.isRequired) throw keyless(scanner, key);
  key.isPossible = false;
  return false;
}
