/** Returns whether a path matches; the whole path counts. */
export type PathMatcher = (path: string) => boolean;

/** What one character has to be, or any number of them (`star`), none a `/`. */
type Part =
  | { readonly type: "star" | "any" }
  | { readonly type: "rune"; readonly rune: string }
  | { readonly type: "class"; readonly isNegated: boolean; readonly ranges: readonly Range[] };

interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Returns a matcher for a pattern of Go's `filepath.Match` (`*`, `?`, `[a-z]`, `[^a]`, backslash), undefined for what is no
 * pattern. It takes time in proportion to the pattern times the path, whatever they are.
 */
export function compilePathPattern(pattern: string): PathMatcher | undefined {
  if (!/[*?[\\]/.test(pattern)) return (path) => path === pattern;
  const parts = readParts(Array.from(pattern));
  return parts === undefined ? undefined : (path) => matches(parts, path);
}

/** Follows all ways through the pattern at once: `places` holds the parts that may come next. */
function matches(parts: readonly Part[], path: string): boolean {
  let places = new Set<number>();
  enter(parts, places, 0);
  for (const rune of path) {
    const next = new Set<number>();
    for (const place of places) {
      const part = parts[place];
      if (part === undefined || !fits(part, rune)) continue;
      enter(parts, next, part.type === "star" ? place : place + 1);
    }
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(parts.length);
}

function enter(parts: readonly Part[], places: Set<number>, from: number): void {
  let place = from;
  places.add(place);
  while (parts[place]?.type === "star") places.add(++place);
}

function fits(part: Part, rune: string): boolean {
  switch (part.type) {
    case "star":
    case "any":
      return rune !== "/";
    case "rune":
      return rune === part.rune;
    case "class": {
      const code = codeOf(rune);
      return part.ranges.some(({ low, high }) => low <= code && code <= high) !== part.isNegated;
    }
  }
}

function readParts(runes: readonly string[]): Part[] | undefined {
  const parts: Part[] = [];
  for (let index = 0; index < runes.length; index++) {
    const rune = runes[index] ?? "";
    if (rune === "*") parts.push({ type: "star" });
    else if (rune === "?") parts.push({ type: "any" });
    else if (rune === "[") {
      const found = readClass(runes, index + 1);
      if (found === undefined) return undefined;
      parts.push(found.part);
      index = found.end;
    } else {
      const literal = rune === "\\" ? runes[++index] : rune;
      if (literal === undefined) return undefined;
      parts.push({ type: "rune", rune: literal });
    }
  }
  return parts;
}

/** Reads what stands behind a `[`; `end` is where the closing bracket stands. */
function readClass(runes: readonly string[], start: number): { part: Part; end: number } | undefined {
  const isNegated = runes[start] === "^";
  let index = isNegated ? start + 1 : start;
  const ranges: Range[] = [];
  while (index < runes.length && (runes[index] !== "]" || ranges.length === 0)) {
    const low = readBound(runes, index);
    if (low === undefined) return undefined;
    const high = runes[low.next] === "-" ? readBound(runes, low.next + 1) : low;
    if (high === undefined) return undefined;
    ranges.push({ low: codeOf(low.rune), high: codeOf(high.rune) });
    index = high.next;
  }
  if (index >= runes.length || ranges.length === 0) return undefined;
  return { part: { type: "class", isNegated, ranges }, end: index };
}

function readBound(runes: readonly string[], index: number): { rune: string; next: number } | undefined {
  const rune = runes[index];
  if (rune === undefined || rune === "-" || rune === "]") return undefined;
  if (rune !== "\\") return { rune, next: index + 1 };
  const escaped = runes[index + 1];
  return escaped === undefined ? undefined : { rune: escaped, next: index + 2 };
}

function codeOf(rune: string): number {
  return rune.codePointAt(0) ?? 0;
}
