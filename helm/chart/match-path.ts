import { RE2JS } from "re2js";

/** Returns whether a path matches; the whole path counts. */
export type PathMatcher = (path: string) => boolean;

/** Returns a matcher for a pattern of Go's `filepath.Match` (`*`, `?`, `[a-z]`, `[^a]`, backslash), undefined for what is no pattern. */
export function compilePathPattern(pattern: string): PathMatcher | undefined {
  const source = translate(Array.from(pattern));
  if (source === undefined) return undefined;
  const compiled = RE2JS.compile(`(?s)^(?:${source})$`);
  return (path) => compiled.matcher(path).find();
}

function translate(runes: readonly string[]): string | undefined {
  let source = "";
  for (let index = 0; index < runes.length; index++) {
    const rune = runes[index] ?? "";
    if (rune === "*") {
      source += "[^/]*";
    } else if (rune === "?") {
      source += "[^/]";
    } else if (rune === "[") {
      const found = readClass(runes, index + 1);
      if (found === undefined) return undefined;
      source += found.source;
      index = found.end;
    } else if (rune === "\\") {
      const next = runes[++index];
      if (next === undefined) return undefined;
      source += RE2JS.quote(next);
    } else {
      source += RE2JS.quote(rune);
    }
  }
  return source;
}

/** Reads what stands behind a `[`; `end` is where the closing bracket stands. */
function readClass(runes: readonly string[], start: number): { source: string; end: number } | undefined {
  const isNegated = runes[start] === "^";
  let index = isNegated ? start + 1 : start;
  let body = "";
  while (index < runes.length && (runes[index] !== "]" || body === "")) {
    const low = readBound(runes, index);
    if (low === undefined) return undefined;
    index = low.next;
    let high = low.rune;
    if (runes[index] === "-") {
      const bound = readBound(runes, index + 1);
      if (bound === undefined) return undefined;
      high = bound.rune;
      index = bound.next;
    }
    if (low.rune <= high) body += `${quoted(low.rune)}-${quoted(high)}`;
  }
  if (index >= runes.length || body === "") return undefined;
  return { source: `[${isNegated ? "^" : ""}${body}]`, end: index };
}

function readBound(runes: readonly string[], index: number): { rune: string; next: number } | undefined {
  const rune = runes[index];
  if (rune === undefined || rune === "-" || rune === "]") return undefined;
  if (rune !== "\\") return { rune, next: index + 1 };
  const escaped = runes[index + 1];
  return escaped === undefined ? undefined : { rune: escaped, next: index + 2 };
}

function quoted(rune: string): string {
  return /[\\\]^[-]/.test(rune) ? `\\${rune}` : rune;
}
