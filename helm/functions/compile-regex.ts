import { RE2JS, RE2JSSyntaxException } from "re2js";
import { expectTime, spendSteps } from "../template/run-cost.ts";
import { GoPanic } from "../template/go-value.ts";
import { withShortCategories } from "./category-name.ts";

const compiled = new Map<string, RE2JS>();
const maxCached = 1000;
const shortPattern = 50;
const shortText = 1024;
const costPerStep = 800;
/** What one instruction of a pattern takes for a character, in milliseconds, where the automaton is not cached. */
const msPerInstruction = 15e-6;

/** Returns a pattern in Go's syntax, compiled once. Throws `GoPanic` with Go's words. */
export function compileRegex(source: string): RE2JS {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (compiled.size >= maxCached) compiled.clear();
  const bad = source.search(/\p{Surrogate}/u);
  if (bad >= 0) throw new GoPanic(`error parsing regexp: invalid UTF-8: \`${source.slice(bad)}\``);
  const pattern = compile(source);
  compiled.set(source, pattern);
  return pattern;
}

/**
 * Returns a matcher of a pattern for a text, in which bytes that are no UTF-8 count as U+FFFD: take what it finds from the
 * text itself. What matching can cost, pattern times text, counts against the limits.
 */
export function matcherOf(source: string, text: string): ReturnType<RE2JS["matcher"]> {
  const pattern = compileRegex(source);
  spendSteps((text.length * Math.max(source.length, shortPattern)) / costPerStep);
  if (text.length > shortText) expectTime(text.length * pattern.programSize() * msPerInstruction);
  return pattern.matcher(text.toWellFormed());
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(withShortCategories(source));
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const { message } = error;
    const words = message.endsWith("trailing backslash at end of expression") ? `${message}: \`\`` : message;
    throw new GoPanic(words.startsWith("error parsing regexp: ") ? words : `error parsing regexp: ${words}`);
  }
}
