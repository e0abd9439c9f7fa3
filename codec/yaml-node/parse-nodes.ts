import { YamlFault } from "../yaml/yaml-fault.ts";
import type { Token, TokenType } from "../yaml/scanner.ts";
import {
  codecError,
  createParsing,
  fault,
  giveComments,
  giveEndComments,
  next,
  type Parsing,
  peek,
  tagName,
  take,
} from "./node-reader.ts";
import { type NodeStyle, type YamlNode, createNode } from "./yaml-node.ts";

const directives: ReadonlySet<TokenType> = new Set(["version-directive", "tag-directive", "document-start"]);
const noContent: ReadonlySet<TokenType> = new Set([...directives, "document-end", "stream-end"]);
/** Tokens that show that a node was left out. */
const entryEnds: ReadonlySet<TokenType> = new Set(["block-entry", "block-end"]);
const indentlessEnds: ReadonlySet<TokenType> = new Set(["block-entry", "key", "value", "block-end"]);
const memberEnds: ReadonlySet<TokenType> = new Set(["key", "value", "block-end"]);
const pairEnds: ReadonlySet<TokenType> = new Set(["value", "flow-entry", "flow-list-end"]);
const valueEnds: ReadonlySet<TokenType> = new Set(["flow-entry", "flow-list-end", "flow-map-end"]);
const flowMemberEnds: ReadonlySet<TokenType> = new Set(["value", "flow-entry", "flow-map-end"]);

/**
 * Returns the first document of a text with its comments and styles, undefined when there is none, as go-yaml v3 reads it.
 * Throws `CodecError`.
 */
export function parseNodes(text: string): YamlNode | undefined {
  try {
    return parseDocument(text);
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw codecError(text, error);
  }
}

function parseDocument(text: string): YamlNode | undefined {
  const parsing = createParsing(text);
  const document = createNode("document", "block");
  let token = peek(parsing);
  if (token.type === "stream-end") return undefined;
  while (token.type === "document-end") token = next(parsing);
  if (directives.has(token.type)) readDirectives(parsing, token);
  else splitHead(parsing, document);
  const first = peek(parsing);
  document.content.push(noContent.has(first.type) ? emptyNode() : parseNode(parsing, true, false));
  peek(parsing);
  document.foot = parsing.foot === "" ? parsing.head : parsing.foot;
  return document;
}

function readDirectives(parsing: Parsing, first: Token): void {
  let token = first;
  while (token.type === "version-directive" || token.type === "tag-directive") {
    if (token.type === "tag-directive") parsing.handles.set(token.text, token.suffix);
    token = next(parsing);
  }
  if (token.type !== "document-start")
    throw fault(parsing, token, { in: 0, go: "did not find expected <document start>" });
  take(parsing);
}

/** What stands above the last empty line of the first comment is the document's. */
function splitHead(parsing: Parsing, document: YamlNode): void {
  const { head } = parsing;
  for (let index = head.length - 1; index > 0; index--) {
    if (head[index] !== "\n") continue;
    const isLast = index === head.length - 1;
    if (!isLast && head[index - 1] !== "\n") continue;
    document.head = head.slice(0, isLast ? index : index - 1);
    parsing.head = head.slice(index + 1);
    return;
  }
}

function unknownAnchor({ offset, text }: Token): YamlFault {
  const go = `unknown anchor '${text}' referenced`;
  return new YamlFault(offset, go, `yaml: ${go}`);
}

function emptyNode(): YamlNode {
  return createNode("scalar", "plain");
}

function parseNode(parsing: Parsing, isBlock: boolean, isIndentless: boolean): YamlNode {
  let token = peek(parsing);
  if (token.type === "alias") {
    const alias = createNode("alias", "plain", token.text);
    if (!parsing.anchors.has(token.text)) throw unknownAnchor(token);
    giveComments(parsing, alias);
    take(parsing);
    return alias;
  }
  const first = token;
  let anchor = "";
  let tag: Token | undefined;
  for (; ; token = next(parsing)) {
    if (token.type === "anchor" && anchor === "") anchor = token.text;
    else if (token.type === "tag" && tag === undefined) tag = token;
    else break;
  }
  const node = startNode(parsing, token, { isBlock, isIndentless, hasProperties: token !== first, from: first.offset });
  node.anchor = anchor;
  if (anchor !== "") parsing.anchors.add(anchor);
  if (tag !== undefined) node.tag = tagName(parsing, tag);
  // go-yaml v3 writes out that it has taken these two characters for a merge.
  if (node.tag === "" && node.style === "plain" && node.value === "<<") node.tag = "tag:yaml.org,2002:merge";
  return fill(parsing, node, token);
}

const scalarStyles: Readonly<Record<string, NodeStyle>> = {
  "'": "single",
  '"': "double",
  "|": "literal",
  ">": "folded",
};

function startNode(
  parsing: Parsing,
  token: Token,
  is: {
    readonly isBlock: boolean;
    readonly isIndentless: boolean;
    readonly hasProperties: boolean;
    readonly from: number;
  },
): YamlNode {
  if (token.type === "scalar") {
    const mark = parsing.source.scanner.text[token.offset] ?? "";
    const node = createNode("scalar", token.isPlain ? "plain" : (scalarStyles[mark] ?? "plain"), token.text);
    giveComments(parsing, node);
    return node;
  }
  if (token.type === "flow-list-start" || token.type === "flow-map-start") {
    const node = createNode(token.type === "flow-list-start" ? "list" : "map", "flow");
    giveComments(parsing, node);
    return node;
  }
  if (token.type === "block-entry" && is.isIndentless) return createNode("list", "block");
  if ((token.type === "block-list-start" || token.type === "block-map-start") && is.isBlock) {
    const node = createNode(token.type === "block-list-start" ? "list" : "map", "block");
    node.head = parsing.stem;
    parsing.stem = "";
    return node;
  }
  if (is.hasProperties) return emptyNode();
  throw fault(parsing, token, { in: is.from, go: "did not find expected node content" });
}

function fill(parsing: Parsing, node: YamlNode, token: Token): YamlNode {
  if (node.kind === "scalar") {
    if (token.type === "scalar") take(parsing);
  } else if (node.style === "flow") {
    take(parsing);
    if (node.kind === "list") fillFlowList(parsing, node, token.offset);
    else fillFlowMap(parsing, node, token.offset);
  } else if (node.kind === "map") {
    take(parsing);
    fillBlockMap(parsing, node, token.offset);
  } else {
    const isIndentless = token.type === "block-entry";
    if (!isIndentless) take(parsing);
    fillBlockList(parsing, node, { isIndentless, from: token.offset });
  }
  return node;
}

function fillBlockList(
  parsing: Parsing,
  list: YamlNode,
  { isIndentless, from }: { readonly isIndentless: boolean; readonly from: number },
): void {
  const ends = isIndentless ? indentlessEnds : entryEnds;
  for (;;) {
    const token = peek(parsing);
    if (token.type !== "block-entry") {
      if (isIndentless) return;
      if (token.type !== "block-end")
        throw fault(parsing, token, { in: from, go: "did not find expected '-' indicator" });
      take(parsing);
      return;
    }
    const headLength = parsing.head.length;
    take(parsing);
    splitStem(parsing, headLength);
    list.content.push(ends.has(peek(parsing).type) ? emptyNode() : parseNode(parsing, true, false));
  }
}

/** The comment above a dash is that of the whole collection behind it. */
function splitStem(parsing: Parsing, length: number): void {
  if (length === 0) return;
  const { type } = peek(parsing);
  if (type !== "block-list-start" && type !== "block-map-start") return;
  parsing.stem = parsing.head.slice(0, length);
  parsing.head = parsing.head.slice(length + 1);
}

function fillBlockMap(parsing: Parsing, map: YamlNode, from: number): void {
  for (;;) {
    const token = peek(parsing);
    if (token.type === "block-end") break;
    if (token.type !== "key") throw fault(parsing, token, { in: from, go: "did not find expected key" });
    const key = memberEnds.has(next(parsing).type) ? emptyNode() : parseNode(parsing, true, true);
    const before = map.content.at(-2);
    map.content.push(key);
    if (key.foot !== "" && before !== undefined) {
      before.foot = key.foot;
      key.foot = "";
    }
    const hasValue = peek(parsing).type === "value" && !memberEnds.has(next(parsing).type);
    addValue(map, key, hasValue ? parseNode(parsing, true, true) : emptyNode());
  }
  giveEndComments(parsing, map);
  take(parsing);
  const last = map.content.at(-2);
  if (map.foot !== "" && last !== undefined) {
    last.foot = map.foot;
    map.foot = "";
  }
}

function addValue(map: YamlNode, key: YamlNode, value: YamlNode): void {
  map.content.push(value);
  if (key.foot !== "" || value.foot === "") return;
  key.foot = value.foot;
  value.foot = "";
}

function fillFlowList(parsing: Parsing, list: YamlNode, from: number): void {
  for (let token = peek(parsing); token.type !== "flow-list-end"; token = peek(parsing)) {
    if (list.content.length > 0) {
      if (token.type !== "flow-entry")
        throw fault(parsing, token, { in: from, go: "did not find expected ',' or ']'" });
      token = next(parsing);
      if (token.type === "flow-list-end") break;
    }
    list.content.push(token.type === "key" ? parsePair(parsing) : parseNode(parsing, false, false));
  }
  giveEndComments(parsing, list);
  take(parsing);
}

/** A map of one entry without braces, within a list. */
function parsePair(parsing: Parsing): YamlNode {
  const pair = createNode("map", "flow");
  const key = pairEnds.has(next(parsing).type) ? emptyNode() : parseNode(parsing, false, false);
  pair.content.push(key);
  const hasValue = peek(parsing).type === "value" && !valueEnds.has(next(parsing).type);
  addValue(pair, key, hasValue ? parseNode(parsing, false, false) : emptyNode());
  return pair;
}

function fillFlowMap(parsing: Parsing, map: YamlNode, from: number): void {
  for (let token = peek(parsing); token.type !== "flow-map-end"; token = peek(parsing)) {
    if (map.content.length > 0) {
      if (token.type !== "flow-entry")
        throw fault(parsing, token, { in: from, go: "did not find expected ',' or '}'" });
      token = next(parsing);
      if (token.type === "flow-map-end") break;
    }
    const isMarked = token.type === "key";
    const isEmpty = isMarked && flowMemberEnds.has(next(parsing).type);
    const key = isEmpty ? emptyNode() : parseNode(parsing, false, false);
    map.content.push(key);
    const hasValue = isMarked && peek(parsing).type === "value" && !valueEnds.has(next(parsing).type);
    addValue(map, key, hasValue ? parseNode(parsing, false, false) : emptyNode());
  }
  giveEndComments(parsing, map);
  take(parsing);
}
