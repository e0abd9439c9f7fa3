import { CodecError } from "../codec-error.ts";
import { positionAt } from "../text-position.ts";
import { takeToken } from "../yaml/scan-token.ts";
import type { Token } from "../yaml/scanner.ts";
import { YamlFault } from "../yaml/yaml-fault.ts";
import { peekCommented } from "./comment-scanner.ts";
import { type CommentScanner, createCommentScanner } from "./comment-source.ts";
import type { YamlNode } from "./yaml-node.ts";

/** A text being read, and comments for the next node or end of one; `stem` is for a collection behind a dash. */
export interface Parsing {
  readonly source: CommentScanner;
  readonly handles: Map<string, string>;
  readonly anchors: Set<string>;
  head: string;
  line: string;
  foot: string;
  stem: string;
}

/** Returns the state at the start of a text. Throws `YamlFault`. */
export function createParsing(text: string): Parsing {
  const handles = new Map([
    ["!", "!"],
    ["!!", "tag:yaml.org,2002:"],
  ]);
  return { source: createCommentScanner(text), handles, anchors: new Set(), head: "", line: "", foot: "", stem: "" };
}

/** Returns the next token; the comments that belong to it are noted. */
export function peek(parsing: Parsing): Token {
  const token = peekCommented(parsing.source);
  const { source } = parsing;
  for (;;) {
    const comment = source.comments[source.firstComment];
    if (comment === undefined || token.offset < comment.token) return token;
    // An end has no head: what follows it has.
    if (comment.head !== "" && token.type === "block-end") return token;
    parsing.head = joined(parsing.head, comment.head);
    parsing.foot = joined(parsing.foot, comment.foot);
    parsing.line = joined(parsing.line, comment.line);
    Object.assign(comment, { scan: 0, token: 0, end: 0, head: "", line: "", foot: "" });
    source.firstComment++;
  }
}

function joined(before: string, more: string): string {
  return before === "" || more === "" ? before + more : `${before}\n${more}`;
}

/** Takes the token that `peek` returned. */
export function take({ source }: Parsing): void {
  takeToken(source.scanner);
}

/** Takes a token and returns the one behind it. */
export function next(parsing: Parsing): Token {
  take(parsing);
  return peek(parsing);
}

/** Gives a node the comments noted so far. */
export function giveComments(parsing: Parsing, node: YamlNode): void {
  node.head = parsing.head;
  giveEndComments(parsing, node);
}

/** Gives a collection, at its end, the comments behind and below it. */
export function giveEndComments(parsing: Parsing, node: YamlNode): void {
  node.line = parsing.line;
  node.foot = parsing.foot;
  Object.assign(parsing, { head: "", line: "", foot: "", stem: "" });
}

/** Returns the full name of a tag, empty for `!`. Throws `YamlFault`. */
export function tagName(parsing: Parsing, tag: Token): string {
  if (tag.text === "") return tag.suffix === "!" ? "" : tag.suffix;
  const prefix = parsing.handles.get(tag.text);
  if (prefix === undefined) throw fault(parsing, tag, { in: tag.offset, go: "found undefined tag handle" });
  const name = prefix + tag.suffix;
  return name === "!" ? "" : name;
}

/** A fault of grammar, not of characters. */
class GrammarFault extends YamlFault {}

/** Returns a fault at a token; go-yaml v3 names the line before the collection's, if it has one. */
export function fault(
  { source }: Parsing,
  token: Token,
  what: { readonly in: number; readonly go: string },
): YamlFault {
  const { text } = source.scanner;
  const line = positionAt(text, what.in).line - 1 || positionAt(text, token.offset).line - 1;
  return new GrammarFault(token.offset, what.go, `yaml: ${line === 0 ? "" : `line ${line}: `}${what.go}`);
}

/** Returns a fault as go-yaml v3 words it: it names the line where something begins before the one where it is broken. */
export function codecError(text: string, found: YamlFault): CodecError {
  const place = positionAt(text, found.offset);
  const isAtStart = found instanceof GrammarFault || place.line === 1;
  const go = isAtStart ? found.go : found.go?.replace(/^yaml: line \d+: /, `yaml: line ${place.line}: `);
  return new CodecError({ ...place, reason: found.message, go });
}
