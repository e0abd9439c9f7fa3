/** What has been written and the flags by which go-yaml v3's emitter decides about blanks and line ends. */
export interface NodeWriter {
  text: string;
  column: number;
  indent: number;
  readonly isCompact: boolean;
  /** The last character was a blank or an indicator that needs none after it. */
  whitespace: boolean;
  /** Only indentation and `-`, `?`, `:` have been written on this line. */
  indention: boolean;
  flowLevel: number;
  /** Indent of the last foot comment, which an empty line follows; −1 without one. */
  footIndent: number;
  /** Comments to be written. */
  head: string;
  line: string;
  keyLine: string;
  foot: string;
  tail: string;
}

/** Blanks of one level. */
export const indentStep = 2;

/** Returns a writer at the start; `isCompact` writes lists of maps no deeper than their key. */
export function createNodeWriter(isCompact: boolean): NodeWriter {
  return {
    text: "",
    column: 0,
    indent: -1,
    isCompact,
    whitespace: true,
    indention: true,
    flowLevel: 0,
    footIndent: -1,
    head: "",
    line: "",
    keyLine: "",
    foot: "",
    tail: "",
  };
}

/** Returns whether a character ends a line. */
export function isBreakText(character: string): boolean {
  return /^[\r\n\u0085\u2028\u2029]/.test(character);
}

/** Writes text without line breaks. */
export function put(writer: NodeWriter, text: string): void {
  writer.text += text;
  writer.column += text.length === 1 ? 1 : Array.from(text).length;
}

/** Ends the line. */
export function putBreak(writer: NodeWriter, character = "\n"): void {
  writer.text += character;
  writer.column = 0;
  writer.indention = true;
}

/** Goes to the indent at hand, on a new line where one is needed. */
export function putIndent(writer: NodeWriter): void {
  const indent = Math.max(writer.indent, 0);
  if (!writer.indention || writer.column > indent || (writer.column === indent && !writer.whitespace)) putBreak(writer);
  if (writer.footIndent === indent) putBreak(writer);
  if (writer.column < indent) put(writer, " ".repeat(indent - writer.column));
  writer.whitespace = true;
  writer.footIndent = -1;
}

/** Writes an indicator, behind a blank where it needs one. */
export function putIndicator(
  writer: NodeWriter,
  text: string,
  is: { readonly needsBlank?: boolean; readonly isBlank?: boolean; readonly isIndention?: boolean } = {},
): void {
  if (is.needsBlank === true && !writer.whitespace) put(writer, " ");
  put(writer, text);
  writer.whitespace = is.isBlank === true;
  writer.indention = writer.indention && is.isIndention === true;
}

function putComment(writer: NodeWriter, comment: string): void {
  let breaks = false;
  let hasMark = false;
  for (const character of comment) {
    if (isBreakText(character)) {
      putBreak(writer, character);
      breaks = true;
      hasMark = false;
      continue;
    }
    if (breaks) putIndent(writer);
    if (!hasMark && character !== "#") put(writer, "# ");
    hasMark = true;
    put(writer, character);
    writer.indention = false;
    breaks = false;
  }
  if (!breaks) putBreak(writer);
  writer.whitespace = true;
}

/** Writes the comment below what was before, then the one above what comes. */
export function putHead(writer: NodeWriter): void {
  if (writer.tail !== "") {
    putIndent(writer);
    putComment(writer, writer.tail);
    writer.tail = "";
    writer.footIndent = Math.max(writer.indent, 0);
  }
  if (writer.head === "") return;
  putIndent(writer);
  putComment(writer, writer.head);
  writer.head = "";
}

/** Writes the comment behind; of a block with its header, where the line must end in any case. */
export function putLine(writer: NodeWriter, endsLine = false): void {
  if (writer.line === "") {
    if (endsLine) putBreak(writer);
    return;
  }
  if (!writer.whitespace) put(writer, " ");
  putComment(writer, writer.line);
  writer.line = "";
}

/** Writes the comment below. */
export function putFoot(writer: NodeWriter): void {
  if (writer.foot === "") return;
  putIndent(writer);
  putComment(writer, writer.foot);
  writer.foot = "";
  writer.footIndent = Math.max(writer.indent, 0);
}

/** Returns whether comments wait that end the line. */
export function hasComments(writer: NodeWriter): boolean {
  return writer.line !== "" || writer.foot !== "" || writer.tail !== "";
}
