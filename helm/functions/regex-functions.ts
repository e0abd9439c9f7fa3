import type { RE2JS } from "re2js";
import { fn, type GoFunction } from "../template/go-function.ts";
import { canBackquote } from "../template/format-text.ts";
import { quoteString } from "../template/quote-string.ts";
import { GoPanic, type GoValue, nilSlice, typedSlice } from "../template/go-value.ts";
import { expectTime, spendSteps, spendValues } from "../template/run-cost.ts";
import { compileRegex, matcherOf } from "./compile-regex.ts";
import { expandReplacement, type RegexMatch } from "./regex-replace.ts";

/** What finding one match takes, whatever its length. */
const stepsOfMatch = 10;
/** Characters of a replacement that are put together in the time of a step. */
const charactersPerStep = 16;
const longText = 16 * 1024;

function findAll(source: string, text: string, limit: number): RegexMatch[] {
  const matches: RegexMatch[] = [];
  const matcher = matcherOf(source, text);
  let previousEnd = -1;
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  while (matches.length < most && matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    // Go drops an empty match that touches the match before.
    if (start === end && start === previousEnd) continue;
    previousEnd = end;
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => groupOf(matcher, text, index));
    spendSteps(stepsOfMatch);
    // Each match may take a walk to the end of the text.
    if (text.length > longText) expectTime(0);
    spendValues(groups.length + 1);
    matches.push({ start, end, groups });
  }
  return matches;
}

function groupOf(matcher: ReturnType<RE2JS["matcher"]>, text: string, index: number): string {
  const start = matcher.start(index);
  return start < 0 ? "" : text.slice(start, matcher.end(index));
}

function replaceAll(source: string, text: string, replacement: (match: RegexMatch, pattern: RE2JS) => string): string {
  const pattern = compileRegex(source);
  let out = "";
  let last = 0;
  for (const match of findAll(source, text, -1)) {
    const put = replacement(match, pattern);
    spendSteps(put.length / charactersPerStep);
    out += text.slice(last, match.start) + put;
    last = match.end;
  }
  return out + text.slice(last);
}

function split(source: string, text: string, limit: number): GoValue {
  // A pattern that is none is refused whatever there is to split.
  compileRegex(source);
  if (limit === 0) return nilSlice("[]string");
  if (source !== "" && text === "") return typedSlice("[]string", [""]);
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const match of findAll(source, text, limit)) {
    if (limit > 0 && parts.length === limit - 1) break;
    end = match.start;
    if (match.end !== 0) parts.push(text.slice(begin, end));
    begin = match.end;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return typedSlice("[]string", parts);
}

function matches(source: string, text: string): boolean {
  return matcherOf(source, text).find();
}

function quietMatches(source: string, text: string): boolean {
  try {
    return matches(source, text);
  } catch (error) {
    if (error instanceof GoPanic) return false;
    throw error;
  }
}

function find(source: string, text: string): string {
  const matcher = matcherOf(source, text);
  return matcher.find() ? groupOf(matcher, text, 0) : "";
}

function findAllTexts(source: string, text: string, limit: number): GoValue {
  const found = findAll(source, text, limit).map((match) => match.groups[0] ?? "");
  return found.length === 0 ? nilSlice("[]string") : typedSlice("[]string", found);
}

function expandAll(source: string, text: string, template: string): string {
  return replaceAll(source, text, (match, pattern) => expandReplacement(template, match, pattern.namedGroups()));
}

function literalAll(source: string, text: string, literal: string): string {
  return replaceAll(source, text, () => literal);
}

/** What `regexFind` and its like say of a pattern that cannot be compiled: the panic of Go's `MustCompile`. */
function panicking(run: (...args: [string, string]) => GoValue): GoFunction {
  return fn(["string", "string"], (source, text) => withPanic(source, () => run(source, text)));
}

function withPanic(source: string, run: () => GoValue): GoValue {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    throw new GoPanic(`regexp: Compile(${quoteSource(source)}): ${error.message}`, { cause: error });
  }
}

function quoteSource(source: string): string {
  return canBackquote(source) ? `\`${source}\`` : quoteString(source);
}

/** Regular expressions in Go's syntax, which never take more than linear time; see sprig's `regex.go`. */
export const regexFunctions: Readonly<Record<string, GoFunction>> = {
  regexMatch: fn(["string", "string"], quietMatches),
  mustRegexMatch: fn(["string", "string"], matches),
  regexFind: panicking(find),
  mustRegexFind: fn(["string", "string"], find),
  regexFindAll: fn(["string", "string", "int"], (source, text, limit) =>
    withPanic(source, () => findAllTexts(source, text, limit)),
  ),
  mustRegexFindAll: fn(["string", "string", "int"], findAllTexts),
  regexReplaceAll: fn(["string", "string", "string"], (source, text, template) =>
    withPanic(source, () => expandAll(source, text, template)),
  ),
  mustRegexReplaceAll: fn(["string", "string", "string"], expandAll),
  regexReplaceAllLiteral: fn(["string", "string", "string"], (source, text, literal) =>
    withPanic(source, () => literalAll(source, text, literal)),
  ),
  mustRegexReplaceAllLiteral: fn(["string", "string", "string"], literalAll),
  regexSplit: fn(["string", "string", "int"], (source, text, limit) =>
    withPanic(source, () => split(source, text, limit)),
  ),
  mustRegexSplit: fn(["string", "string", "int"], split),
  regexQuoteMeta: fn(["string"], (text) => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)),
};
