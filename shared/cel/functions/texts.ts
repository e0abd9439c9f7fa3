import { textCost } from "../cel-budget.ts";
import { CelFault, noOverload } from "../cel-fault.ts";
import { type CelFunction, type CelFunctions, indexOf, listOf, textOf } from "../cel-function.ts";
import { type CelValue, isCelList, isCelMap } from "../cel-value.ts";

/** Texts made by one call are no longer than this, in characters. */
const maxText = 1_000_000;

const size: CelFunction["call"] = ([value], budget) => {
  if (typeof value === "string") {
    budget.spend(textCost(value.length));
    return BigInt(Array.from(value).length);
  }
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (value !== undefined && isCelList(value)) return BigInt(value.length);
  if (value !== undefined && isCelMap(value)) return BigInt(value.size);
  throw noOverload();
};

/** Looking for a text may take as long as both are, multiplied. */
function searchCost(text: string, wanted: string): number {
  return (text.length * wanted.length) / 2000;
}

/** A function of one text and another. */
function ofTexts(call: (text: string, other: string) => CelValue): CelFunction {
  return {
    counts: [1],
    call: ([on, parameter], budget) => {
      const [text, other] = [textOf(on), textOf(parameter)];
      budget.spend(textCost(text.length + other.length) + searchCost(text, other));
      return call(text, other);
    },
  };
}

/** A function of one text, told in characters instead of JavaScript's units. */
function ofRunes(
  counts: readonly number[],
  call: (runes: readonly string[], parameters: readonly CelValue[]) => CelValue,
): CelFunction {
  return {
    counts,
    call: ([on, ...parameters], budget) => {
      const text = textOf(on);
      const [first] = parameters;
      budget.spend(textCost(text.length) * 2 + searchCost(text, typeof first === "string" ? first : ""));
      return call(Array.from(text), parameters);
    },
  };
}

function outOfRange(index: number): CelFault {
  return new CelFault(`index out of range: ${index}`);
}

function charAt(runes: readonly string[], [parameter]: readonly CelValue[]): string {
  const index = indexOf(parameter);
  if (index < 0 || index > runes.length) throw outOfRange(index);
  return runes[index] ?? "";
}

function substring(runes: readonly string[], parameters: readonly CelValue[]): string {
  const start = indexOf(parameters[0]);
  const end = parameters.length === 2 ? indexOf(parameters[1]) : runes.length;
  for (const index of [start, end]) if (index < 0 || index > runes.length) throw outOfRange(index);
  if (start > end) throw new CelFault(`invalid substring range. start: ${start}, end: ${end}`);
  return runes.slice(start, end).join("");
}

function findText(runes: readonly string[], parameters: readonly CelValue[]): bigint {
  const wanted = textOf(parameters[0]);
  const from = parameters.length === 2 ? indexOf(parameters[1]) : 0;
  if (from < 0 || from > runes.length) throw outOfRange(from);
  const before = runes.slice(0, from).join("").length;
  return runesBefore(runes, runes.join("").indexOf(wanted, before));
}

function findLastText(runes: readonly string[], parameters: readonly CelValue[]): bigint {
  const wanted = textOf(parameters[0]);
  const from = parameters.length === 2 ? indexOf(parameters[1]) : runes.length;
  if (from < 0 || from > runes.length) throw outOfRange(from);
  const before = runes.slice(0, from).join("").length;
  return runesBefore(runes, runes.join("").lastIndexOf(wanted, before));
}

/** Turns a place in JavaScript's units into one in characters. */
function runesBefore(runes: readonly string[], place: number): bigint {
  return place < 0 ? -1n : BigInt(Array.from(runes.join("").slice(0, place)).length);
}

const replace: CelFunction["call"] = ([on, oldText, newText, limit], budget) => {
  const [text, wanted, put] = [textOf(on), textOf(oldText), textOf(newText)];
  budget.spend(textCost(text.length) + searchCost(text, wanted));
  const pieces = splitText(text, wanted, limit === undefined || indexOf(limit) < 0 ? -1 : indexOf(limit) + 1);
  const joined = wanted === "" ? joinAround(text, put, limit === undefined ? -1 : indexOf(limit)) : pieces.join(put);
  budget.spend(textCost(joined.length));
  return joined;
};

/** Nothing replaced is before each character and after the last, as in Go. */
function joinAround(text: string, put: string, limit: number): string {
  const runes = Array.from(text);
  const places = limit < 0 ? runes.length + 1 : Math.min(limit, runes.length + 1);
  if (text.length + places * put.length > maxText) throw new CelFault("the text gets too long");
  const parts = runes.map((rune, index) => (index < places ? put + rune : rune));
  return parts.join("") + (places > runes.length ? put : "");
}

function splitText(text: string, separator: string, limit: number): string[] {
  if (limit === 0) return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

const split: CelFunction["call"] = ([on, separator, limit], budget) => {
  const text = textOf(on);
  budget.spend(textCost(text.length) * 2 + searchCost(text, textOf(separator)));
  const parts = splitText(text, textOf(separator), limit === undefined ? -1 : indexOf(limit));
  budget.spend(parts.length / 10);
  return parts;
};

const join: CelFunction["call"] = ([on, separator], budget) => {
  const parts = listOf(on).map(textOf);
  const between = separator === undefined ? "" : textOf(separator);
  const length = parts.reduce((sum, part) => sum + part.length + between.length, 0);
  budget.spend(textCost(length) + parts.length / 10);
  return parts.join(between);
};

/** Returns a text without blanks at its ends; by hand, since an expression for the end takes quadratic time. */
function trim(runes: readonly string[]): string {
  const start = runes.findIndex((rune) => !isBlank(rune));
  return start < 0 ? "" : runes.slice(start, runes.findLastIndex((rune) => !isBlank(rune)) + 1).join("");
}

/** Go counts U+0085 among the blanks and U+FEFF not, JavaScript the other way round. */
function isBlank(rune: string): boolean {
  return rune === "\u0085" || (rune !== "\uFEFF" && rune.trim() === "");
}

/** `size`, and the functions of cel-go's strings extension that Kubernetes and Flux have. */
export const texts: CelFunctions = {
  alone: { size: { counts: [1], call: size } },
  methods: {
    size: { counts: [0], call: size },
    contains: ofTexts((text, other) => text.includes(other)),
    startsWith: ofTexts((text, other) => text.startsWith(other)),
    endsWith: ofTexts((text, other) => text.endsWith(other)),
    charAt: ofRunes([1], charAt),
    indexOf: ofRunes([1, 2], findText),
    lastIndexOf: ofRunes([1, 2], findLastText),
    substring: ofRunes([1, 2], substring),
    lowerAscii: ofRunes([0], (runes) => runes.join("").replaceAll(/[A-Z]+/gu, (found) => found.toLowerCase())),
    upperAscii: ofRunes([0], (runes) => runes.join("").replaceAll(/[a-z]+/gu, (found) => found.toUpperCase())),
    reverse: ofRunes([0], (runes) => runes.toReversed().join("")),
    trim: ofRunes([0], (runes) => trim(runes)),
    replace: { counts: [2, 3], call: replace },
    split: { counts: [1, 2], call: split },
    join: { counts: [0, 1], call: join },
  },
};
