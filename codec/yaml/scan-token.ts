import {
  fetchBlockEntry,
  fetchBlockScalar,
  fetchDirective,
  fetchDocumentMark,
  fetchEnd,
  fetchFlowEnd,
  fetchFlowEntry,
  fetchFlowStart,
  fetchKey,
  fetchPlain,
  fetchSimple,
  fetchTag,
  fetchValue,
} from "./fetch-token.ts";
import { scanQuoted } from "./scan-scalars.ts";
import { scanAnchor } from "./scan-tags.ts";
import {
  type Scanner,
  type Token,
  codeAt,
  columnOf,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isDocumentMark,
  readBreak,
  scannerFault,
} from "./scanner.ts";
import { isKeyPossible, unrollIndent } from "./token-queue.ts";
import { YamlFault } from "./yaml-fault.ts";

/** Returns the next token without taking it. */
export function peekToken(scanner: Scanner): Token {
  while (scanner.head === scanner.tokens.length || mayBeKey(scanner)) fetchToken(scanner);
  const token = scanner.tokens[scanner.head];
  if (token === undefined) throw new YamlFault(scanner.offset, "unexpected end");
  return token;
}

/** Takes the token that `peekToken` returned. */
export function takeToken(scanner: Scanner): void {
  scanner.parsed++;
  scanner.head++;
  if (scanner.head === scanner.tokens.length) {
    scanner.tokens = [];
    scanner.head = 0;
  }
}

/** Returns whether the next token may turn out to be a key, so that more must be seen first. */
function mayBeKey(scanner: Scanner): boolean {
  const key = scanner.simpleKeys.find(({ isPossible, token }) => isPossible && token === scanner.parsed);
  return key !== undefined && isKeyPossible(scanner, key);
}

function fetchToken(scanner: Scanner): void {
  skipToToken(scanner);
  unrollIndent(scanner, columnOf(scanner));
  fetchHere(scanner);
}

/** Fetches the token that begins at hand, or the end. Throws `YamlFault`. */
export function fetchHere(scanner: Scanner): void {
  const code = codeAt(scanner);
  if (Number.isNaN(code)) fetchEnd(scanner);
  else if (columnOf(scanner) === 0 && code === 0x25) fetchDirective(scanner);
  else if (isDocumentMark(scanner, 0x2d)) fetchDocumentMark(scanner, "document-start");
  else if (isDocumentMark(scanner, 0x2e)) fetchDocumentMark(scanner, "document-end");
  else fetchContent(scanner, code);
}

function fetchContent(scanner: Scanner, code: number): void {
  const isNextBlank = isBlankOrEnd(codeAt(scanner, 1));
  const isFlow = scanner.flowLevel > 0;
  switch (code) {
    case 0x5b:
      return fetchFlowStart(scanner, "flow-list-start");
    case 0x7b:
      return fetchFlowStart(scanner, "flow-map-start");
    case 0x5d:
      return fetchFlowEnd(scanner, "flow-list-end");
    case 0x7d:
      return fetchFlowEnd(scanner, "flow-map-end");
    case 0x2c:
      return fetchFlowEntry(scanner);
    case 0x2a:
      return fetchSimple(scanner, "alias", scanAnchor);
    case 0x26:
      return fetchSimple(scanner, "anchor", scanAnchor);
    case 0x21:
      return fetchTag(scanner);
    case 0x27:
    case 0x22:
      return fetchSimple(scanner, "scalar", scanQuoted);
    case 0x7c:
    case 0x3e:
      if (!isFlow) return fetchBlockScalar(scanner);
      break;
    case 0x2d:
      if (isNextBlank) return fetchBlockEntry(scanner);
      return fetchPlain(scanner);
    case 0x3f:
      if (isFlow || isNextBlank) return fetchKey(scanner);
      return fetchPlain(scanner);
    case 0x3a:
      if (isFlow || isNextBlank) return fetchValue(scanner);
      return fetchPlain(scanner);
    default:
      if (code !== 0x25 && code !== 0x40 && code !== 0x60 && code !== 0x23 && !isBlank(code))
        return fetchPlain(scanner);
  }
  const what =
    code === 9
      ? "a tab cannot be used for indentation"
      : `${JSON.stringify(String.fromCharCode(code))} cannot begin a value; put it in quotes`;
  const go = "found character that cannot start any token";
  throw scannerFault(scanner, { offset: scanner.offset, reason: what, go });
}

function skipToToken(scanner: Scanner): void {
  for (;;) {
    let code = codeAt(scanner);
    while (code === 32 || (code === 9 && (scanner.flowLevel > 0 || !scanner.isSimpleKeyAllowed))) {
      scanner.offset++;
      code = codeAt(scanner);
    }
    if (code === 0x23) {
      while (isBlank(codeAt(scanner)) || !isBlankOrEnd(codeAt(scanner))) scanner.offset++;
    }
    if (!isBreak(codeAt(scanner))) return;
    readBreak(scanner);
    if (scanner.flowLevel === 0) scanner.isSimpleKeyAllowed = true;
  }
}
