import {
  createNodeWriter,
  hasComments,
  indentStep,
  type NodeWriter,
  put,
  putBreak,
  putFoot,
  putHead,
  putIndent,
  putIndicator,
  putLine,
} from "./node-writer.ts";
import { isOneLine, possibleStyle, putScalar } from "./write-scalar.ts";
import { type NodeStyle, type YamlNode } from "./yaml-node.ts";

const maxSimpleKey = 128;

/** Where a node stands. */
interface Context {
  readonly inBlockItem?: boolean;
  readonly inMapping?: boolean;
  readonly isKey?: boolean;
  /** Comment below the value of the key before, which is written above this one. */
  readonly tail?: string;
}

/**
 * Returns documents as go-yaml v3 writes them with two blanks a level, `---` between them: comments, order and styles as in the
 * nodes where they can be. `isCompact` writes lists no deeper than the key that they stand behind.
 */
export function writeNodes(documents: readonly YamlNode[], { isCompact }: { readonly isCompact: boolean }): string {
  const writer = createNodeWriter(isCompact);
  for (const [index, document] of documents.entries()) writeDocument(writer, document, index === 0);
  return writer.text;
}

function writeDocument(writer: NodeWriter, document: YamlNode, isFirst: boolean): void {
  const isWrapped = document.kind === "document";
  if (isWrapped) setComments(writer, { head: document.head });
  if (!isFirst) {
    putIndent(writer);
    putIndicator(writer, "---", { needsBlank: true });
    putIndent(writer);
  }
  if (writer.head !== "") {
    putHead(writer);
    putBreak(writer);
  }
  for (const root of isWrapped ? document.content : [document]) {
    setNodeComments(writer, root, "");
    putHead(writer);
    const rest = begin(writer, root, {});
    putLine(writer);
    putFoot(writer);
    rest?.();
  }
  if (isWrapped) setComments(writer, { foot: document.foot });
  writer.footIndent = 0;
  putFoot(writer);
  writer.footIndent = -1;
  putIndent(writer);
}

function setComments(
  writer: NodeWriter,
  comments: { readonly head?: string; readonly line?: string; readonly foot?: string; readonly tail?: string },
): void {
  writer.head = comments.head || writer.head;
  writer.line = comments.line || writer.line;
  writer.foot = comments.foot || writer.foot;
  writer.tail = comments.tail || writer.tail;
}

/** Takes over the comments that come with the start of a node; those of a collection's end come with its end. */
function setNodeComments(writer: NodeWriter, node: YamlNode, tail: string): void {
  if (node.kind === "scalar") setComments(writer, { head: node.head, line: node.line, foot: node.foot, tail });
  else if (node.kind === "alias") setComments(writer, { head: node.head, line: node.line, foot: node.foot });
  else setComments(writer, { head: node.head, tail: node.kind === "map" ? tail : "" });
}

/** Writes a node, of a collection its properties; what is returned writes the members, which comes after what ends the line. */
function begin(writer: NodeWriter, node: YamlNode, context: Context): (() => void) | undefined {
  if (node.kind === "alias") {
    putIndicator(writer, "*", { needsBlank: true });
    putWord(writer, node.value);
    return undefined;
  }
  if (node.anchor !== "") {
    putIndicator(writer, "&", { needsBlank: true });
    putWord(writer, node.anchor);
  }
  if (node.kind === "scalar") {
    writeScalarNode(writer, node, context);
    return undefined;
  }
  putTag(writer, node.tag);
  const isFlow = writer.flowLevel > 0 || node.style === "flow" || node.content.length === 0;
  if (node.kind === "list")
    return () => (isFlow ? writeFlowList(writer, node, context) : writeBlockList(writer, node, context));
  return () => (isFlow ? writeFlowMap(writer, node, context) : writeBlockMap(writer, node, context));
}

function putWord(writer: NodeWriter, word: string): void {
  put(writer, word);
  writer.whitespace = false;
  writer.indention = false;
}

function escaped(tag: string): string {
  return tag.replaceAll(/[^\w;/?:@&=+$,.~*'()[\]-]/gu, (character) => encodeURIComponent(character));
}

function putTag(writer: NodeWriter, tag: string): void {
  if (tag === "") return;
  if (!writer.whitespace) put(writer, " ");
  const core = "tag:yaml.org,2002:";
  if (tag.startsWith(core)) putWord(writer, `!!${escaped(tag.slice(core.length))}`);
  else if (tag.startsWith("!")) putWord(writer, `!${escaped(tag.slice(1))}`);
  else putWord(writer, `!<${escaped(tag)}>`);
}

function writeScalarNode(writer: NodeWriter, node: YamlNode, { isKey = false, inBlockItem }: Context): void {
  const wanted: NodeStyle = node.style === "plain" && node.value.includes("\n") ? "literal" : node.style;
  const style = possibleStyle(writer, node.value, { style: wanted, isKey });
  putTag(writer, node.tag);
  const outer = writer.indent;
  increaseIndent(writer, { isFlow: true, inBlockItem: inBlockItem === true });
  putScalar(writer, node.value, style);
  writer.indent = outer;
}

function increaseIndent(
  writer: NodeWriter,
  is: { readonly isFlow?: boolean; readonly inBlockItem?: boolean; readonly isCompact?: boolean },
): void {
  if (writer.indent < 0) {
    writer.indent = is.isFlow === true ? indentStep : 0;
  } else if (is.inBlockItem === true) {
    writer.indent += 2;
  } else {
    writer.indent = indentStep * Math.floor((writer.indent + indentStep) / indentStep);
    if (is.isCompact === true) writer.indent -= 2;
  }
}

function writeBlockList(writer: NodeWriter, list: YamlNode, { inBlockItem = false, inMapping }: Context): void {
  const outer = writer.indent;
  const isCompact = inMapping === true && (writer.column === 0 || !writer.indention) && writer.isCompact;
  increaseIndent(writer, { inBlockItem, isCompact });
  for (const item of list.content) {
    setNodeComments(writer, item, "");
    putHead(writer);
    putIndent(writer);
    putIndicator(writer, "-", { needsBlank: true, isIndention: true });
    const rest = begin(writer, item, { inBlockItem: true });
    putLine(writer);
    putFoot(writer);
    rest?.();
  }
  setComments(writer, { line: list.line, foot: list.foot });
  writer.indent = outer;
}

/** Returns the keys and values of a map with the comment that goes above each key. */
function entriesOf(map: YamlNode): {
  readonly entries: { key: YamlNode; value: YamlNode; tail: string }[];
  last: string;
} {
  const entries = [];
  let tail = "";
  for (let index = 0; index + 1 < map.content.length; index += 2) {
    const [key, value] = map.content.slice(index, index + 2);
    if (key === undefined || value === undefined) break;
    entries.push({ key: key.foot === "" ? key : { ...key, foot: "" }, value, tail });
    tail = key.foot;
  }
  return { entries, last: tail };
}

function writeBlockMap(writer: NodeWriter, map: YamlNode, { inBlockItem = false }: Context): void {
  const outer = writer.indent;
  increaseIndent(writer, { inBlockItem });
  const { entries, last } = entriesOf(map);
  for (const { key, value, tail } of entries) {
    setNodeComments(writer, key, tail);
    putHead(writer);
    putIndent(writer);
    if (writer.line !== "") {
      writer.keyLine = writer.line;
      writer.line = "";
    }
    const isSimple = isSimpleKey(key);
    if (!isSimple) putIndicator(writer, "?", { needsBlank: true, isIndention: true });
    begin(writer, key, { inMapping: true, isKey: isSimple })?.();
    setNodeComments(writer, value, "");
    if (isSimple) {
      putIndicator(writer, ":");
    } else {
      putIndent(writer);
      putIndicator(writer, ":", { needsBlank: true, isIndention: true });
    }
    putKeyLine(writer, value);
    const rest = begin(writer, value, { inMapping: true });
    putLine(writer);
    putFoot(writer);
    rest?.();
  }
  setComments(writer, { tail: last, line: map.line, foot: map.foot });
  putHead(writer);
  writer.indent = outer;
}

/** A comment behind a key goes behind a scalar, or stands before a block. */
function putKeyLine(writer: NodeWriter, value: YamlNode): void {
  if (writer.keyLine === "") return;
  if (value.kind === "scalar") {
    if (writer.line !== "") return;
    writer.line = writer.keyLine;
    writer.keyLine = "";
  } else if (value.kind !== "alias" && value.style !== "flow") {
    const { line } = writer;
    writer.line = writer.keyLine;
    putLine(writer);
    writer.keyLine = writer.line;
    writer.line = line;
  }
}

function writeFlowList(writer: NodeWriter, list: YamlNode, { inBlockItem = false }: Context): void {
  const outer = writer.indent;
  putIndicator(writer, "[", { needsBlank: true, isBlank: true });
  increaseIndent(writer, { isFlow: true, inBlockItem });
  writer.flowLevel++;
  let hasComma = true;
  for (const item of list.content) {
    setNodeComments(writer, item, "");
    if (!hasComma) putIndicator(writer, ",");
    putHead(writer);
    if (writer.column === 0) putIndent(writer);
    hasComma = writeFlowValue(writer, item, false);
  }
  setComments(writer, { line: list.line, foot: list.foot });
  writer.flowLevel--;
  writer.indent = outer;
  if (writer.column === 0) putIndent(writer);
  putIndicator(writer, "]");
  putLine(writer);
  putFoot(writer);
}

/** Returns whether the comma was written, as it must be before a comment. */
function writeFlowValue(writer: NodeWriter, node: YamlNode, inMapping: boolean): boolean {
  const isTrailed = hasComments(writer);
  const rest = begin(writer, node, { inMapping });
  if (hasComments(writer)) putIndicator(writer, ",");
  putLine(writer);
  putFoot(writer);
  rest?.();
  return isTrailed;
}

function writeFlowMap(writer: NodeWriter, map: YamlNode, { inBlockItem = false }: Context): void {
  const outer = writer.indent;
  putIndicator(writer, "{", { needsBlank: true, isBlank: true });
  increaseIndent(writer, { isFlow: true, inBlockItem });
  writer.flowLevel++;
  let hasComma = true;
  const { entries, last } = entriesOf(map);
  for (const { key, value, tail } of entries) {
    setNodeComments(writer, key, tail);
    if (!hasComma) putIndicator(writer, ",");
    putHead(writer);
    if (writer.column === 0) putIndent(writer);
    const isSimple = isSimpleKey(key);
    if (!isSimple) putIndicator(writer, "?", { needsBlank: true });
    begin(writer, key, { inMapping: true, isKey: isSimple })?.();
    setNodeComments(writer, value, "");
    putIndicator(writer, ":", { needsBlank: !isSimple });
    hasComma = writeFlowValue(writer, value, true);
  }
  setComments(writer, { tail: last, line: map.line, foot: map.foot });
  const isCommented = writer.head !== "" || writer.foot !== "" || writer.tail !== "";
  if (isCommented && !hasComma) putIndicator(writer, ",");
  putHead(writer);
  writer.flowLevel--;
  writer.indent = outer;
  putIndicator(writer, "}");
  putLine(writer);
  putFoot(writer);
}

function isSimpleKey(key: YamlNode): boolean {
  if (key.kind === "alias") return key.value.length <= maxSimpleKey;
  if (key.kind !== "scalar") return key.content.length === 0;
  if (!isOneLine(key.value)) return false;
  const tag = key.tag.replace("tag:yaml.org,2002:", "!!");
  return Buffer.byteLength(key.anchor + tag + key.value) <= maxSimpleKey;
}
