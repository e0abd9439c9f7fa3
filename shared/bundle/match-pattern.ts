import { AppError } from "../errors.ts";

/**
 * Returns whether a name matches a shell pattern as Go's `filepath.Match` does: `*` and `?` do not cross `/`, `[a-z]` and
 * `[^a-z]` are classes, `\` escapes. The whole name must match. Throws PATTERN_INVALID for a malformed pattern, also where
 * Go happens not to reach the fault.
 */
export function matchPattern(pattern: string, name: string): boolean {
  return new RegExp(compilePattern(pattern), "u").test(name);
}

/** Returns whether a pattern has anything in it that is not taken literally. */
export function hasPatternSigns(pattern: string): boolean {
  return /[*?[\\]/u.test(pattern);
}

const compiled = new Map<string, string>();
const maxCompiled = 1000;

function compilePattern(pattern: string): string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const source = `^${translate(pattern)}$`;
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(pattern, source);
  return source;
}

function badPattern(pattern: string, problem: string): AppError {
  return new AppError("PATTERN_INVALID", `pattern "${pattern}": ${problem}`, { verdict: "stalled" });
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/u.test(char) ? `\\${char}` : char;
}

function translate(pattern: string): string {
  const chars = Array.from(pattern);
  let source = "";
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? "";
    if (char === "*") {
      if (!source.endsWith("[^/]*")) source += "[^/]*";
    } else if (char === "?") {
      source += "[^/]";
    } else if (char === "\\") {
      index += 1;
      const escaped = chars[index];
      if (escaped === undefined) throw badPattern(pattern, "nothing follows the last backslash");
      source += literal(escaped);
    } else if (char === "[") {
      const end = translateClass(pattern, chars, index + 1);
      source += end.source;
      index = end.index;
    } else {
      source += literal(char);
    }
  }
  return source;
}

/** Translates the class that begins after its `[`; `index` of the result is its `]`. */
function translateClass(pattern: string, chars: readonly string[], start: number): { source: string; index: number } {
  let index = start;
  const negated = chars[index] === "^";
  if (negated) index += 1;
  const ranges: string[] = [];
  while (chars[index] !== "]" || ranges.length === 0) {
    const low = classChar(pattern, chars, index);
    index = low.next;
    let high = low.char;
    if (chars[index] === "-") {
      const end = classChar(pattern, chars, index + 1);
      index = end.next;
      high = end.char;
    }
    ranges.push(low.char <= high ? `${classLiteral(low.char)}-${classLiteral(high)}` : "");
    if (index >= chars.length) throw badPattern(pattern, "a class is not closed by ]");
  }
  const body = ranges.join("");
  if (body === "") return { source: negated ? "[^]" : "(?!)", index };
  return { source: negated ? `[^${body}]` : `[${body}]`, index };
}

function classLiteral(char: string): string {
  return /[\\\]^[-]/u.test(char) ? `\\${char}` : char;
}

function classChar(pattern: string, chars: readonly string[], start: number): { char: string; next: number } {
  let index = start;
  let char = chars[index];
  if (char === undefined || char === "-" || char === "]")
    throw badPattern(pattern, "a class is empty, not closed, or has a stray -");
  if (char === "\\") {
    index += 1;
    char = chars[index];
    if (char === undefined) throw badPattern(pattern, "nothing follows the last backslash");
  }
  return { char, next: index + 1 };
}
