import { escapeGoYaml } from "./go-yaml-scalar.ts";

/** Column from which on go-yaml breaks a line at the next blank. */
const bestWidth = 80;
const isBreak = /[\r\n\u0085\u2028\u2029]/;

/** The text so far and the flags by which go-yaml's emitter decides about blanks and line ends. */
export interface GoYamlWriter {
  text: string;
  column: number;
  /** Column of the lines of the collection at hand; −1 at the root. */
  indent: number;
  /** The last character was a blank or an indicator that needs none after it. */
  whitespace: boolean;
  /** Only indentation and `-`, `?`, `:` have been written on this line. */
  indention: boolean;
}

/** Returns a writer at the start of a document. */
export function createGoYamlWriter(): GoYamlWriter {
  return { text: "", column: 0, indent: -1, whitespace: true, indention: true };
}

/** Goes to the indent of the collection at hand, on a new line where one is needed. */
export function writeIndent(writer: GoYamlWriter): void {
  const indent = Math.max(writer.indent, 0);
  if (!writer.indention || writer.column > indent || (writer.column === indent && !writer.whitespace))
    writeBreak(writer);
  if (writer.column < indent) put(writer, " ".repeat(indent - writer.column));
  writer.whitespace = true;
  writer.indention = true;
}

/** Writes `-`, `?`, `:`, a bracket or a quote, behind a blank where `needsBlank` and there is none. */
export function writeIndicator(
  writer: GoYamlWriter,
  text: string,
  is: { needsBlank: boolean; isBlank: boolean; isIndention: boolean },
): void {
  if (is.needsBlank && !writer.whitespace) put(writer, " ");
  put(writer, text);
  writer.whitespace = is.isBlank;
  writer.indention = writer.indention && is.isIndention;
}

/** Writes a plain scalar, folded at blanks unless it is a key. */
export function writePlain(writer: GoYamlWriter, text: string, mayFold: boolean): void {
  if (!writer.whitespace) put(writer, " ");
  if (writer.column + text.length <= bestWidth && !isBreak.test(text)) put(writer, text);
  else writeFolding(writer, text, { mayFold, quote: undefined });
  writer.whitespace = false;
  writer.indention = false;
}

/** Writes a scalar in single or double quotes, folded at blanks unless it is a key. */
export function writeQuoted(writer: GoYamlWriter, text: string, how: { quote: "'" | '"'; mayFold: boolean }): void {
  const isQuote = { needsBlank: true, isBlank: false, isIndention: false };
  writeIndicator(writer, how.quote, isQuote);
  writeFolding(writer, text, how);
  writeIndicator(writer, how.quote, { ...isQuote, needsBlank: false });
}

/** Writes a `|` block with its hints. */
export function writeLiteral(writer: GoYamlWriter, text: string): void {
  const asIs = { needsBlank: false, isBlank: false, isIndention: false };
  writeIndicator(writer, "|", { ...asIs, needsBlank: true });
  if (/^[ \r\n\u0085\u2028\u2029]/.test(text)) writeIndicator(writer, "2", asIs);
  if (!isBreak.test(text.slice(-1))) writeIndicator(writer, "-", asIs);
  else if (text.length === 1 || isBreak.test(text.slice(-2, -1))) writeIndicator(writer, "+", asIs);
  writeBreak(writer);
  writer.whitespace = true;
  let isLineStart = true;
  for (const line of text.split(/(?<=[\r\n\u0085\u2028\u2029])/)) {
    const end = isBreak.test(line.slice(-1)) ? line.slice(-1) : "";
    const content = line.slice(0, line.length - end.length);
    if (content !== "") {
      if (isLineStart) writeIndent(writer);
      put(writer, content);
      writer.indention = false;
    }
    if (end !== "") {
      writer.text += end;
      writer.column = 0;
      writer.indention = true;
    }
    isLineStart = end !== "";
  }
}

function writeFolding(
  writer: GoYamlWriter,
  text: string,
  how: { quote: "'" | '"' | undefined; mayFold: boolean },
): void {
  const chars = how.quote === '"' ? escapeGoYaml(text) : Array.from(text);
  let spaces = false;
  let wasBreak = false;
  for (const [index, char] of chars.entries()) {
    if (char === " ") {
      if (how.mayFold && !spaces && writer.column > bestWidth && mayBreakAt(chars, index, how.quote)) {
        writeIndent(writer);
        if (how.quote === '"' && chars[index + 1] === " ") put(writer, "\\");
      } else {
        put(writer, char);
      }
      spaces = true;
    } else if (how.quote !== '"' && isBreak.test(char)) {
      put(writer, char);
      writer.column = 0;
      writer.indention = true;
      wasBreak = true;
    } else {
      if (wasBreak) writeIndent(writer);
      wasBreak = false;
      put(writer, how.quote === "'" && char === "'" ? "''" : char);
      writer.indention = false;
      spaces = false;
    }
  }
}

function mayBreakAt(chars: readonly string[], index: number, quote: "'" | '"' | undefined): boolean {
  const isInside = index > 0 && index < chars.length - 1;
  if (quote === '"') return isInside;
  return (quote === undefined || isInside) && chars[index + 1] !== " ";
}

function writeBreak(writer: GoYamlWriter): void {
  writer.text += "\n";
  writer.column = 0;
  writer.indention = true;
}

function put(writer: GoYamlWriter, text: string): void {
  writer.text += text;
  writer.column += text.length === 1 ? 1 : Array.from(text).length;
}
