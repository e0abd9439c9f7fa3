import { scanSimpleYaml, type SimpleEntry } from "./scan-simple-yaml.ts";
import { lineEnd } from "./simple-tokens.ts";

/** A document that was scanned. */
export interface ScannedYaml {
  readonly text: string;
  readonly entries: readonly SimpleEntry[];
  /** Whether it is known to differ from the document before in nothing but scalars besides null, each of which is one there, too. */
  readonly isLikeLast: boolean;
}

/**
 * What a scan takes for the same whatever it says, so that its neighbours are read alike: a word that is not null, or a text in
 * double quotes, behind the indentation, dash and key of the first group. Neither may hold what ends a plain scalar that goes on
 * over lines.
 */
const plainLine =
  /( *(?:- )?(?:[\w./-]+: )?)(?:(?!(?:null|Null|NULL)(?:\n|$))[A-Za-z0-9](?:[!-9;-~]|:(?=[!-~]))*|"(?:[ !$-9;-[\]-~]|:(?=[!-~]))*")(?=\n|$)/y;
const doubleQuote = 0x22;

/**
 * Returns what `scanSimpleYaml` finds in a text, from what it found in another one: where they differ in nothing but single
 * words and texts in quotes, which is what other values mostly change, the rest is not looked at again.
 */
export function rescanSimpleYaml(text: string, last: ScannedYaml | undefined): ScannedYaml | undefined {
  const moved = last === undefined ? undefined : movedEntries(text, last);
  const entries = moved ?? scanSimpleYaml(text);
  return entries === undefined ? undefined : { text, entries, isLikeLast: moved !== undefined };
}

/** Returns the entries where they stand in a text that is simple if the last one was; undefined where that is not sure. */
function movedEntries(text: string, { text: old, entries }: ScannedYaml): readonly SimpleEntry[] | undefined {
  const starts: number[] = [];
  let [at, oldAt] = [0, 0];
  for (;;) {
    const same = countSame(text, at, { text: old, at: oldAt });
    at += same;
    oldAt += same;
    const shift = at - oldAt;
    const isEnd = at === text.length && oldAt === old.length;
    const line = isEnd ? at : text.lastIndexOf("\n", at - 1) + 1;
    // Entries begin with lines: those up to this one are as far from where they stood as the text before it.
    let next = entries[starts.length];
    while (next !== undefined && next.start + shift <= line) {
      starts.push(next.start + shift);
      next = entries[starts.length];
    }
    if (isEnd) return startingAt(entries, starts, text.length);
    const prefix = plainPrefix(text, line);
    if (prefix < 0 || line + prefix > at || plainPrefix(old, line - shift) !== prefix) return undefined;
    const isQuoted = text.charCodeAt(line + prefix) === doubleQuote;
    if (isQuoted !== (old.charCodeAt(line - shift + prefix) === doubleQuote)) return undefined;
    at = lineEnd(text, at);
    oldAt = lineEnd(old, oldAt);
    if ((at === text.length) !== (oldAt === old.length)) return undefined;
  }
}

function startingAt(entries: readonly SimpleEntry[], starts: readonly number[], end: number): SimpleEntry[] {
  return entries.map(({ key }, index) => ({ key, start: starts[index] ?? end, end: starts[index + 1] ?? end }));
}

/** Engines compare parts of texts many times faster than single characters. */
const partLength = 128;

/** Returns how many characters from an offset on are the same in another text. */
function countSame(text: string, start: number, other: { readonly text: string; readonly at: number }): number {
  const ahead = other.at - start;
  let at = start;
  while (isSamePart(text, at, { text: other.text, at: at + ahead })) at += partLength;
  while (at < text.length && text.charCodeAt(at) === other.text.charCodeAt(at + ahead)) at++;
  return at - start;
}

function isSamePart(text: string, start: number, other: { readonly text: string; readonly at: number }): boolean {
  const end = start + partLength;
  return end <= text.length && text.slice(start, end) === other.text.slice(other.at, other.at + partLength);
}

/** Returns how many characters stand ahead of the word or text of a line; −1 where it is no such line. */
function plainPrefix(text: string, line: number): number {
  plainLine.lastIndex = line;
  return plainLine.exec(text)?.[1]?.length ?? -1;
}
