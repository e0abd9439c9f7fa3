import { peekToken, takeToken } from "./scan-token.ts";
import { type Scanner, type Token, type TokenType, createScanner } from "./scanner.ts";
import { YamlFault } from "./yaml-fault.ts";

/** Where a node begins, tag and anchor included, and what was given with it. */
export interface NodeStart {
  readonly offset: number;
  readonly anchor: string | undefined;
  /** Full name such as `tag:yaml.org,2002:int`; `!` for text by decree. */
  readonly tag: string | undefined;
}

/** What a document is made of, in its order: after `open` come the members (of a map key, value, key …), then `close`. */
export interface DocumentSink {
  readonly scalar: (node: NodeStart, text: string, isPlain: boolean) => void;
  readonly alias: (offset: number, name: string) => void;
  readonly open: (node: NodeStart, isList: boolean) => void;
  readonly close: () => void;
}

interface Parsing {
  readonly scanner: Scanner;
  readonly sink: DocumentSink;
  readonly handles: Map<string, string>;
}

/**
 * Tells `sink` the nodes of the first document of a text, as libyaml's parser reads YAML 1.1; what follows the document is
 * not read. Returns false when there is no content. Throws `YamlFault`.
 */
export function parseDocument(text: string, sink: DocumentSink): boolean {
  const scanner = createScanner(text);
  const handles = new Map([
    ["!", "!"],
    ["!!", "tag:yaml.org,2002:"],
  ]);
  const parsing = { scanner, sink, handles };
  const isExplicit = readDirectives(parsing);
  const { type } = peekToken(scanner);
  if (type === "stream-end" && !isExplicit) return false;
  const isEmpty = ["version-directive", "tag-directive", "document-start", "document-end", "stream-end"].includes(type);
  if (isEmpty && isExplicit) return false;
  parseNode(parsing, { isBlock: true, isIndentless: false });
  peekToken(scanner);
  return true;
}

/** Returns whether `---` opened the document. */
function readDirectives({ scanner, handles }: Parsing): boolean {
  let hasDirectives = false;
  for (;;) {
    const token = peekToken(scanner);
    if (token.type === "tag-directive") handles.set(token.text, token.suffix);
    else if (token.type !== "version-directive") break;
    hasDirectives = true;
    takeToken(scanner);
  }
  const token = peekToken(scanner);
  if (token.type !== "document-start") {
    if (hasDirectives)
      throw parserFault(scanner, token.offset, [
        "directives must be followed by ---",
        "did not find expected <document start>",
      ]);
    return false;
  }
  takeToken(scanner);
  return true;
}

function parseNode(parsing: Parsing, allow: { readonly isBlock: boolean; readonly isIndentless: boolean }): void {
  const { scanner, sink } = parsing;
  const first = peekToken(scanner);
  if (first.type === "alias") {
    takeToken(scanner);
    sink.alias(first.offset, first.text);
    return;
  }
  const node = readProperties(parsing, first);
  const token = peekToken(scanner);
  if (token.type === "scalar") {
    takeToken(scanner);
    sink.scalar(node, token.text, token.isPlain);
  } else if (token.type === "block-entry" && allow.isIndentless) parseIndentlessList(parsing, node);
  else if (token.type === "flow-list-start") parseFlowList(parsing, node);
  else if (token.type === "flow-map-start") parseFlowMap(parsing, node);
  else if (token.type === "block-list-start" && allow.isBlock) parseBlockList(parsing, node);
  else if (token.type === "block-map-start" && allow.isBlock) parseBlockMap(parsing, node);
  else if (node.anchor !== undefined || node.tag !== undefined) sink.scalar(node, "", true);
  else throw unexpected(scanner, token, "a value");
}

function readProperties(parsing: Parsing, first: Token): NodeStart {
  const { scanner } = parsing;
  let anchor: string | undefined;
  let tag: Token | undefined;
  for (let token = first; ; token = peekToken(scanner)) {
    if (token.type === "anchor" && anchor === undefined) anchor = token.text;
    else if (token.type === "tag" && tag === undefined) tag = token;
    else return { offset: first.offset, anchor, tag: tag === undefined ? undefined : tagName(parsing, tag) };
    takeToken(scanner);
  }
}

function tagName({ scanner, handles }: Parsing, token: Token): string {
  if (token.text === "") return token.suffix;
  const prefix = handles.get(token.text);
  if (prefix === undefined)
    throw parserFault(scanner, token.offset, [
      `the tag handle ${token.text} is not declared`,
      "found undefined tag handle",
    ]);
  return prefix + token.suffix;
}

/** Parses a node unless one of the tokens comes that show that it was left out. */
function parseNodeUnless(
  parsing: Parsing,
  ends: readonly TokenType[],
  allow: { readonly isBlock: boolean; readonly isIndentless: boolean },
): void {
  const token = peekToken(parsing.scanner);
  if (ends.includes(token.type)) addEmpty(parsing, token);
  else parseNode(parsing, allow);
}

function addEmpty({ sink }: Parsing, token: Token): void {
  sink.scalar({ offset: token.offset, anchor: undefined, tag: undefined }, "", true);
}

const block = { isBlock: true, isIndentless: false };
const blockOrIndentless = { isBlock: true, isIndentless: true };
const flow = { isBlock: false, isIndentless: false };

function parseBlockList(parsing: Parsing, node: NodeStart): void {
  const { scanner, sink } = parsing;
  takeToken(scanner);
  sink.open(node, true);
  let token = peekToken(scanner);
  for (; token.type === "block-entry"; token = peekToken(scanner)) {
    takeToken(scanner);
    parseNodeUnless(parsing, ["block-entry", "block-end"], block);
  }
  if (token.type !== "block-end") throw unexpected(scanner, token, "'-' or the end of the list");
  takeToken(scanner);
  sink.close();
}

/** A list whose dashes stand below the key that it belongs to. */
function parseIndentlessList(parsing: Parsing, node: NodeStart): void {
  const { scanner, sink } = parsing;
  sink.open(node, true);
  while (peekToken(scanner).type === "block-entry") {
    takeToken(scanner);
    parseNodeUnless(parsing, ["block-entry", "key", "value", "block-end"], block);
  }
  sink.close();
}

function parseBlockMap(parsing: Parsing, node: NodeStart): void {
  const { scanner, sink } = parsing;
  const ends: readonly TokenType[] = ["key", "value", "block-end"];
  takeToken(scanner);
  sink.open(node, false);
  let token = peekToken(scanner);
  for (; token.type === "key"; token = peekToken(scanner)) {
    takeToken(scanner);
    parseNodeUnless(parsing, ends, blockOrIndentless);
    const separator = peekToken(scanner);
    if (separator.type === "value") {
      takeToken(scanner);
      parseNodeUnless(parsing, ends, blockOrIndentless);
    } else {
      addEmpty(parsing, separator);
    }
  }
  if (token.type !== "block-end") throw unexpected(scanner, token, "a key");
  takeToken(scanner);
  sink.close();
}

function parseFlowList(parsing: Parsing, node: NodeStart): void {
  const { scanner, sink } = parsing;
  takeToken(scanner);
  sink.open(node, true);
  for (let isFirst = true; peekToken(scanner).type !== "flow-list-end"; isFirst = false) {
    if (!isFirst && !takeComma(scanner, "flow-list-end")) break;
    const token = peekToken(scanner);
    if (token.type === "key") {
      takeToken(scanner);
      sink.open({ offset: token.offset, anchor: undefined, tag: undefined }, false);
      parseFlowPair(parsing, "flow-list-end");
      sink.close();
    } else if (token.type !== "flow-list-end") {
      parseNode(parsing, flow);
    }
  }
  takeToken(scanner);
  sink.close();
}

function parseFlowMap(parsing: Parsing, node: NodeStart): void {
  const { scanner, sink } = parsing;
  takeToken(scanner);
  sink.open(node, false);
  for (let isFirst = true; peekToken(scanner).type !== "flow-map-end"; isFirst = false) {
    if (!isFirst && !takeComma(scanner, "flow-map-end")) break;
    const token = peekToken(scanner);
    if (token.type === "key") {
      takeToken(scanner);
      parseFlowPair(parsing, "flow-map-end");
    } else if (token.type !== "flow-map-end") {
      parseNode(parsing, flow);
      addEmpty(parsing, peekToken(scanner));
    }
  }
  takeToken(scanner);
  sink.close();
}

function parseFlowPair(parsing: Parsing, end: "flow-list-end" | "flow-map-end"): void {
  const ends: readonly TokenType[] = ["value", "flow-entry", end];
  const isKeyless = ends.includes(peekToken(parsing.scanner).type);
  parseNodeUnless(parsing, ends, flow);
  // libyaml skips the token after an empty key in a list
  if (isKeyless && end === "flow-list-end") takeToken(parsing.scanner);
  const token = peekToken(parsing.scanner);
  if (token.type === "value") {
    takeToken(parsing.scanner);
    parseNodeUnless(parsing, ["flow-entry", end], flow);
  } else {
    addEmpty(parsing, token);
  }
}

/** Takes the comma between two members; returns false when the collection ends instead. */
function takeComma(scanner: Scanner, end: "flow-list-end" | "flow-map-end"): boolean {
  const token = peekToken(scanner);
  if (token.type !== "flow-entry")
    throw unexpected(scanner, token, end === "flow-list-end" ? "',' or ']'" : "',' or '}'");
  takeToken(scanner);
  return peekToken(scanner).type !== end;
}

const tokenNames: Partial<Record<TokenType, string>> = {
  "stream-end": "the end of the text",
  "block-end": "a line that is indented less",
  "block-map-start": "a key",
  "block-list-start": "'-'",
  "block-entry": "'-'",
  "flow-entry": "','",
  "flow-list-end": "']'",
  "flow-map-end": "'}'",
  "flow-list-start": "'['",
  "flow-map-start": "'{'",
  value: "':'",
  scalar: "a text",
};

/** What go-yaml says it did not find, where it says it otherwise. */
const goNames: Readonly<Record<string, string>> = {
  "a value": "node content",
  "'-' or the end of the list": "'-' indicator",
  "a key": "key",
};

function unexpected(scanner: Scanner, token: Token, wanted: string): YamlFault {
  const reason = `expected ${wanted}, found ${tokenNames[token.type] ?? `a ${token.type}`}`;
  return parserFault(scanner, token.offset, [reason, `did not find expected ${goNames[wanted] ?? wanted}`]);
}

/** Returns a fault at an offset with our reason and go-yaml's, which names the line before, but for the end of the text. */
function parserFault({ text }: Scanner, offset: number, [reason, go]: readonly [string, string]): YamlFault {
  const before = text.slice(0, offset);
  const breaks = before.match(/\r\n|[\n\r\u0085\u2028\u2029]/g)?.length ?? 0;
  const isForced = offset === text.length && !/[\n\r\u0085\u2028\u2029]$/.test(text);
  const line = isForced ? breaks + 1 : breaks;
  return new YamlFault(offset, reason, `yaml: ${line === 0 ? "" : `line ${line}: `}${go}`);
}
