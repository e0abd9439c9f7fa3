import { RE2JS, RE2JSSyntaxException } from "re2js";
import { GoPanic } from "../template/go-value.ts";

const compiled = new Map<string, RE2JS>();
const maxCached = 1000;

/** Returns a pattern in Go's syntax, compiled once. Throws `GoPanic` with Go's words. */
export function compileRegex(source: string): RE2JS {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (compiled.size >= maxCached) compiled.clear();
  const pattern = compile(source);
  compiled.set(source, pattern);
  return pattern;
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const { message } = error;
    const words = message.endsWith("trailing backslash at end of expression") ? `${message}: \`\`` : message;
    throw new GoPanic(words.startsWith("error parsing regexp: ") ? words : `error parsing regexp: ${words}`);
  }
}
