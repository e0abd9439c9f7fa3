import { escapeGoYaml } from "../go-yaml-scalar.ts";
import {
  indentStep,
  isBreakText,
  type NodeWriter,
  put,
  putBreak,
  putIndent,
  putIndicator,
  putLine,
} from "./node-writer.ts";
import type { NodeStyle } from "./yaml-node.ts";

/** go-yaml takes characters beyond the first plane for unprintable, too. */
const notPrintable = /[^\t\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const breakSet = "[\\r\\n\\u0085\\u2028\\u2029]";

/** What a text allows; see `yaml_emitter_analyze_scalar` of go-yaml v3. */
interface Analysis {
  readonly isMultiline: boolean;
  readonly allowsFlowPlain: boolean;
  readonly allowsBlockPlain: boolean;
  readonly allowsSingle: boolean;
  readonly allowsBlock: boolean;
}

const patterns = {
  breaks: new RegExp(breakSet),
  outerSpace: new RegExp(`^(?: |${breakSet})|(?: |${breakSet})$`),
  breakSpace: new RegExp(`${breakSet} `),
  spaceBreak: new RegExp(` ${breakSet}`),
  marks: /^(?:---|\.\.\.)/,
  firstAlways: /^[#,[\]{}&*!|>'"%@`]|^-(?:[ \t]|$)/,
  firstBlock: /^[?:](?:[ \t]|$)/,
  firstFlow: /^[?:]/,
  innerFlow: /.[,?[\]{}:]/s,
  innerBlock: /.:(?:[ \t]|$)/s,
  comment: new RegExp(`(?:[ \\t]|${breakSet})#`),
};

function analyze(text: string): Analysis {
  if (text === "") {
    return {
      isMultiline: false,
      allowsFlowPlain: false,
      allowsBlockPlain: true,
      allowsSingle: true,
      allowsBlock: false,
    };
  }
  const isMultiline = patterns.breaks.test(text);
  const isSpecial = notPrintable.test(text);
  const spaceBreak = patterns.spaceBreak.test(text);
  const breakSpace = patterns.breakSpace.test(text);
  const always = patterns.marks.test(text) || patterns.firstAlways.test(text) || patterns.comment.test(text);
  const blockMarks = always || patterns.firstBlock.test(text) || patterns.innerBlock.test(text);
  const flowMarks = always || patterns.firstFlow.test(text) || patterns.innerFlow.test(text);
  const isUnplain =
    isMultiline || patterns.outerSpace.test(text) || breakSpace || spaceBreak || text.includes("\t") || isSpecial;
  return {
    isMultiline,
    allowsFlowPlain: !isUnplain && !flowMarks,
    allowsBlockPlain: !isUnplain && !blockMarks,
    allowsSingle: !breakSpace && !spaceBreak && !text.includes("\t") && !isSpecial,
    allowsBlock: !text.endsWith(" ") && !spaceBreak && !isSpecial,
  };
}

/** Returns whether a text can stand on one line. */
export function isOneLine(text: string): boolean {
  return !patterns.breaks.test(text);
}

/** Returns the style that a text can have instead of the one that it should have. */
export function possibleStyle(
  writer: NodeWriter,
  text: string,
  wanted: { style: NodeStyle; isKey: boolean },
): NodeStyle {
  const allows = analyze(text);
  let { style } = wanted;
  const isFlow = writer.flowLevel > 0;
  if (wanted.isKey && allows.isMultiline) style = "double";
  if (style === "plain") {
    const isAllowed = isFlow ? allows.allowsFlowPlain : allows.allowsBlockPlain;
    if (!isAllowed || (text === "" && (isFlow || wanted.isKey))) style = "single";
  }
  if (style === "single" && !allows.allowsSingle) style = "double";
  const isBlock = style === "literal" || style === "folded";
  return isBlock && (!allows.allowsBlock || isFlow || wanted.isKey) ? "double" : style;
}

/** Writes a scalar's text in a style that it can have. */
export function putScalar(writer: NodeWriter, text: string, style: NodeStyle): void {
  if (style === "literal" || style === "folded") {
    putBlock(writer, text, style === "folded");
    return;
  }
  if (style === "double") {
    putIndicator(writer, '"', { needsBlank: true });
    put(writer, escapeGoYaml(text).join(""));
    putIndicator(writer, '"');
  } else {
    putFolding(writer, text, style === "single");
  }
  writer.whitespace = style === "plain" && text === "" ? writer.whitespace : false;
  writer.indention = false;
}

function putFolding(writer: NodeWriter, text: string, isQuoted: boolean): void {
  if (isQuoted) putIndicator(writer, "'", { needsBlank: true });
  else if (text !== "" && !writer.whitespace) put(writer, " ");
  let breaks = false;
  for (const character of text) {
    if (isBreakText(character)) {
      if (!breaks && character === "\n") putBreak(writer);
      putBreak(writer, character);
      breaks = true;
      continue;
    }
    if (breaks && character !== " ") {
      putIndent(writer);
      breaks = false;
    }
    put(writer, isQuoted && character === "'" ? "''" : character);
    if (character !== " ") writer.indention = false;
  }
  if (isQuoted) putIndicator(writer, "'");
}

function putBlock(writer: NodeWriter, text: string, isFolded: boolean): void {
  putIndicator(writer, isFolded ? ">" : "|", { needsBlank: true });
  if (/^[ \r\n\u0085\u2028\u2029]/.test(text)) putIndicator(writer, String(indentStep));
  const chomping = chompingOf(text);
  if (chomping !== "") putIndicator(writer, chomping);
  putLine(writer, true);
  writer.whitespace = true;
  let breaks = true;
  let startsBlank = true;
  const characters = Array.from(text);
  for (const [index, character] of characters.entries()) {
    if (isBreakText(character)) {
      if (isFolded && !breaks && !startsBlank && character === "\n" && !isBlankBehindBreaks(characters))
        putBreak(writer);
      if (character === "\n") putBreak(writer);
      else putBreak(writer, character);
      breaks = true;
      continue;
    }
    if (breaks) {
      putIndent(writer);
      startsBlank = character === " " || characters[index] === "\t";
    }
    put(writer, character);
    writer.indention = false;
    breaks = false;
  }
}

/** go-yaml looks at the start of the whole text for what follows a break. */
function isBlankBehindBreaks(characters: readonly string[]): boolean {
  const first = characters.find((character) => !isBreakText(character));
  return first === undefined || first === " " || first === "\t";
}

function chompingOf(text: string): string {
  const last = text.slice(-1);
  if (!isBreakText(last)) return "-";
  return text.length === 1 || isBreakText(text.slice(-2, -1)) ? "+" : "";
}
