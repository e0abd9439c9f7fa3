import type { CommandOption } from "./command.ts";

/**
 * Returns the words of a call in the form that `parseArgs` takes, from the one that Go's programs take: `--switch=true` and
 * `--switch=false`, and options whose value may be left out. What stands behind `--` is not looked at.
 */
export function normalizeWords(
  words: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
): readonly string[] {
  const end = words.indexOf("--");
  const [own, rest] = end < 0 ? [words, []] : [words.slice(0, end), words.slice(end)];
  return [...own.flatMap((word) => normalizeWord(word, options)), ...rest];
}

function normalizeWord(word: string, options: Readonly<Record<string, CommandOption>>): string[] {
  const [, name = "", value] = /^--([^=]+)(?:=(.*))?$/su.exec(word) ?? [];
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option?.type === "string" && value === undefined && option.bare !== undefined) return [`${word}=${option.bare}`];
  if (option?.type !== "boolean" || value === undefined) return [word];
  // As Go's `strconv.ParseBool`.
  if (/^(?:1|t|true)$/iu.test(value)) return [`--${name}`];
  return /^(?:0|f|false)$/iu.test(value) ? [] : [word];
}
