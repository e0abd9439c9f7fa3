import type { CommandOption } from "./command.ts";

/** Options and arguments as `parseArgs` of `node:util` returns them. */
export interface ParsedWords {
  readonly values: Readonly<Record<string, string | boolean | readonly string[]>>;
  readonly positionals: readonly string[];
}

/**
 * Returns what `parseArgs` of `node:util` makes of words such as `NAME --flag --option value --option=value -o value`, and
 * undefined where there is anything else, which is left to it. Loading it takes 1 ms of each start.
 */
export function parsePlainWords(
  words: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
): ParsedWords | undefined {
  const values = new Map<string, string | boolean | string[]>();
  const positionals: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-")) {
      positionals.push(word);
      continue;
    }
    const found = findOption(word, options);
    if (found === undefined) return undefined;
    const { name, inline, option } = found;
    if (option.type === "boolean") {
      if (inline !== undefined || option.multiple === true) return undefined;
      values.set(name, true);
      continue;
    }
    const value = inline ?? words[++index];
    if (value === undefined || value === "" || (inline === undefined && value.startsWith("-"))) return undefined;
    const before = values.get(name);
    if (option.multiple !== true) values.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else values.set(name, [value]);
  }
  return { values: Object.fromEntries(values), positionals };
}

interface FoundOption {
  readonly name: string;
  readonly option: CommandOption;
  /** What stands behind `=`. */
  readonly inline: string | undefined;
}

/** One letter stands for an option, more could stand for several. */
function findOption(word: string, options: Readonly<Record<string, CommandOption>>): FoundOption | undefined {
  if (word.startsWith("--")) {
    const end = word.indexOf("=");
    const name = word.slice(2, end < 0 ? undefined : end);
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    return option === undefined ? undefined : { name, option, inline: end < 0 ? undefined : word.slice(end + 1) };
  }
  const entry = word.length === 2 ? Object.entries(options).find(([, { short }]) => short === word[1]) : undefined;
  return entry === undefined ? undefined : { name: entry[0], option: entry[1], inline: undefined };
}
