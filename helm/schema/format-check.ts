import { quoteString } from "../template/quote-string.ts";

/** By format, what says why a text is not of it. */
export type FormatChecks = Readonly<Record<string, (text: string) => string | undefined>>;

/** Returns what is said of the first character that may not be there, undefined when all may. */
export function characterFault(text: string, allowed: RegExp, words: string): string | undefined {
  const bad = Array.from(text).find((one) => !allowed.test(one));
  return bad === undefined ? undefined : `${words} ${quoteRune(bad)}`;
}

/** Returns a character as Go quotes it. */
export function quoteRune(character: string): string {
  if (character === "'") return String.raw`'\''`;
  return character === '"' ? `'"'` : `'${quoteString(character).slice(1, -1)}'`;
}

/** Returns a fault with words before it, or undefined. */
export function within(words: string, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `${words}: ${fault}`;
}
