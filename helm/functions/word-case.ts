import { toRunes } from "../template/go-string.ts";
import { isSpaceRune, isUpperRune, lowerRune, upperRune } from "./text-case.ts";

/** Kinds of words of `xstrings.nextWord`. */
type WordKind = "invalid" | "number" | "upper" | "alphabet" | "connector" | "punct" | "other";

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

function isConnector(rune: string): boolean {
  return rune === "-" || rune === "_" || isSpaceRune(rune);
}

function isAlphabet(rune: string): boolean {
  return /\p{L}/u.test(rune) && !/[\u4e00-\u9fcc\u3400-\u4d85\u{20000}-\u{2b81d}]/u.test(rune);
}

function isPunct(rune: string): boolean {
  return /\p{P}/u.test(rune);
}

function isNumber(rune: string): boolean {
  return /\p{N}/u.test(rune);
}

function kindOf(rune: string): WordKind {
  if (isConnector(rune)) return "connector";
  if (isPunct(rune)) return "punct";
  if (isUpperRune(rune)) return "upper";
  if (isAlphabet(rune)) return "alphabet";
  return isNumber(rune) ? "number" : "other";
}

function continues(kind: WordKind, rune: string): boolean {
  switch (kind) {
    case "connector":
      return isConnector(rune);
    case "punct":
      return isPunct(rune);
    case "number":
      return isNumber(rune);
    case "alphabet":
      return isAlphabet(rune) && !isUpperRune(rune);
    case "invalid":
    case "upper":
    case "other":
      return !isConnector(rune) && !isAlphabet(rune) && !isNumber(rune) && !isPunct(rune);
  }
}

/** Splits a text into runs of one kind; `HTTPServer` is `HTTP` and `Server`. */
function splitWords(text: string): Word[] {
  const runes = toRunes(text);
  const words: Word[] = [];
  let start = 0;
  while (start < runes.length) {
    const kind = kindOf(runes[start] ?? "");
    const end = kind === "upper" ? upperEnd(runes, start) : runEnd(runes, start + 1, kind);
    words.push({ kind, text: runes.slice(start, end).join("") });
    start = end;
  }
  return words;
}

function runEnd(runes: readonly string[], start: number, kind: WordKind): number {
  let end = start;
  while (end < runes.length && continues(kind, runes[end] ?? "")) end++;
  return end;
}

function upperEnd(runes: readonly string[], start: number): number {
  const second = runes[start + 1];
  if (second === undefined) return start + 1;
  if (!isUpperRune(second)) return isAlphabet(second) ? runEnd(runes, start + 1, "alphabet") : start + 1;
  let end = start + 2;
  while (end < runes.length && isUpperRune(runes[end] ?? "")) end++;
  return end < runes.length && isAlphabet(runes[end] ?? "") ? end - 1 : end;
}

function lowered(word: Word, connector: string): string {
  if (word.kind !== "upper" && word.kind !== "connector") return word.text;
  return toRunes(word.text)
    .map((rune) => (isConnector(rune) ? connector : lowerRune(rune)))
    .join("");
}

function needsConnector(next: Word | undefined): boolean {
  return next !== undefined && next.kind !== "connector" && next.kind !== "punct";
}

/** Returns the words in lower case with a connector between them: `xstrings.ToSnakeCase` (`_`) and `ToKebabCase` (`-`). */
export function joinWords(text: string, connector: string): string {
  const words = splitWords(text);
  const between = (next: Word | undefined): string => (needsConnector(next) ? connector : "");
  const parts: string[] = [];
  let index = 0;
  const takeRun = (): void => {
    for (let word = words[index]; word?.kind === "alphabet" || word?.kind === "number"; word = words[index]) {
      parts.push(word.text);
      index++;
    }
  };
  while (index < words.length) {
    const word = words[index++];
    if (word === undefined) break;
    parts.push(lowered(word, connector));
    if (word.kind === "connector" || word.kind === "punct") continue;
    const next = words[index];
    // A number belongs to the word before it, unless small letters follow: `Bld4` but `http_2xx`.
    if (word.kind === "number") {
      takeRun();
    } else if (next?.kind === "number" && words[index + 1] !== undefined) {
      const lettersFollow = words[index + 1]?.kind === "alphabet";
      if (lettersFollow) parts.push(connector);
      parts.push(next.text);
      index++;
      if (lettersFollow) takeRun();
    } else if (next?.kind === "number") {
      continue;
    }
    parts.push(between(words[index]));
  }
  return parts.join("");
}

/** Returns the words joined, each with a capital: `xstrings.ToPascalCase`. */
export function pascalCase(text: string): string {
  const runes = toRunes(text);
  let start = 0;
  while (start < runes.length && isConnector(runes[start] ?? "")) start++;
  let out = runes.slice(0, start).join("");
  let current = runes[start];
  // The last of nothing but connectors stands twice.
  if (current === undefined) return out + (runes.at(-1) ?? "");
  let firstIsUpper = isUpperRune(current);
  current = upperRune(current);
  for (const rune of runes.slice(start + 1)) {
    const previous: string = current;
    current = rune;
    if (isConnector(current) && isConnector(previous)) {
      out += previous;
      continue;
    }
    if (isConnector(previous)) {
      firstIsUpper = isUpperRune(current);
      current = upperRune(current);
      continue;
    }
    if (firstIsUpper) {
      if (isUpperRune(current)) current = lowerRune(current);
      else firstIsUpper = false;
    }
    out += previous;
  }
  return out + current;
}
