import type { TracedSpan, TracedText } from "./render-trace.ts";

/** A part of a text: offsets, the end not included. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A statement that wrote a part of a text, and what led to it. */
export interface TextSource {
  /** From the statement of the file on; each runs the template that the next one stands in. The last wrote it. */
  readonly chain: readonly TracedSpan[];
  /** What it wrote of the part that was asked for. */
  readonly written: string;
  /** Where in the template's source that begins; of actions where they begin. */
  readonly offset: number;
}

/** Templates within templates that are followed. */
const maxDepth = 100;

/** Returns which statements wrote a part of what a template wrote, in its order. */
export function locateText(text: TracedText, range: TextRange, depth = 0): readonly TextSource[] {
  return text.spans
    .filter(({ start, end }) => start < range.end && end > range.start)
    .flatMap((span) => {
      const part = { start: Math.max(span.start, range.start), end: Math.min(span.end, range.end) };
      const written = text.text.slice(part.start, part.end);
      if (span.node.type === "text") {
        return [{ chain: [span], written, offset: span.node.pos + part.start - span.start }];
      }
      const whole = {
        text: text.text.slice(span.start, span.end),
        start: part.start - span.start,
        length: written.length,
      };
      const inner = depth > maxDepth ? [] : span.runs.flatMap((run) => locateIn(run, whole, depth + 1));
      const own = { chain: [span], written, offset: span.node.pos };
      const below = inner.map((source) => ({ ...source, chain: [span, ...source.chain] }));
      return isAll(below, written) ? below : [...below, own];
    });
}

/** Whether what templates within an action wrote is all that it wrote, or the action added something of its own. */
function isAll(below: readonly TextSource[], written: string): boolean {
  return below.length > 0 && plain(below.map((source) => source.written).join("")).includes(plain(written));
}

function plain(text: string): string {
  return text.replaceAll(/[\s"']/gu, "");
}

/** A part of what an action wrote. */
interface Part {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** Returns who wrote a part of an action's output in one of the templates that it ran: as it is, indented, trimmed or cut. */
function locateIn(run: TracedText, part: Part, depth: number): readonly TextSource[] {
  const range = rangeIn(run.text, part);
  return range === undefined ? [] : locateText(run, range, depth);
}

function rangeIn(inner: string, part: Part): TextRange | undefined {
  if (inner === part.text) return { start: part.start, end: part.start + part.length };
  return lineRange(inner, part) ?? wordRange(inner, part.text.slice(part.start, part.start + part.length));
}

/** The same line, however far it is indented; of equal ones that of the same number. */
function lineRange(inner: string, { text, start, length }: Part): TextRange | undefined {
  const first = placeInLine(inner, text, start);
  if (first === undefined) return undefined;
  const last = placeInLine(inner, text, start + length);
  const end = last === undefined || last < first ? first + length : last;
  return { start: first, end: Math.min(end, inner.length) };
}

function placeInLine(inner: string, outer: string, offset: number): number | undefined {
  const begin = outer.lastIndexOf("\n", offset - 1) + 1;
  const found = outer.indexOf("\n", begin);
  const line = outer.slice(begin, found < 0 ? outer.length : found);
  const wanted = line.trim();
  if (wanted === "") return undefined;
  const before = linesLike(outer, wanted).findIndex((at) => at >= begin);
  const candidates = linesLike(inner, wanted);
  const place = candidates[before] ?? candidates.at(-1);
  return place === undefined ? undefined : place + Math.max(offset - begin - line.indexOf(wanted), 0);
}

/** Offsets of the first characters of the lines that say something. */
function linesLike(text: string, wanted: string): number[] {
  const places: number[] = [];
  let begin = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === wanted) places.push(begin + line.indexOf(wanted));
    begin += line.length + 1;
  }
  return places;
}

/** All that a template wrote within the part, or the part within what it wrote where it stands there once. */
function wordRange(inner: string, part: string): TextRange | undefined {
  const said = inner.trim();
  if (said === "") return undefined;
  const start = inner.indexOf(said);
  if (part.includes(said)) return { start, end: start + said.length };
  const word = part.trim().replace(/^(["'])(.*)\1$/su, "$2");
  const at = word === "" ? -1 : inner.indexOf(word);
  return at < 0 || inner.includes(word, at + 1) ? undefined : { start: at, end: at + word.length };
}
