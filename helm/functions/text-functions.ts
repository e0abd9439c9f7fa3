import { quoteString } from "../template/quote-string.ts";
import { compareStrings, sliceBytes, toRunes, byteLength } from "../template/go-string.ts";
import { fn, type GoFunction, variadic } from "../template/go-function.ts";
import { GoPanic, typedSlice, TypedMap, type GoValue } from "../template/go-value.ts";
import { printValue } from "../template/print-value.ts";
import { toText, toTexts } from "./cast-value.ts";
import { lowerText, titleText, upperText } from "./text-case.ts";

const maxTextUnits = 2 ** 28;
/** More bytes than Go can ever allocate at once. */
const maxAllocation = 2n ** 48n;

/** Go's `unicode.IsSpace`. */
const goSpaces = "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const outerSpaces = new RegExp(`^[${goSpaces}]+|[${goSpaces}]+$`, "g");

/** Returns a text repeated; refuses what no template can need before it takes the memory. */
function repeat(count: number, text: string): string {
  if (count < 0) throw new GoPanic("strings: negative Repeat count");
  const size = BigInt.asIntN(64, BigInt(count) - (count >= 2 ** 63 ? 1n : 0n)) * BigInt(byteLength(text));
  if (size >= 2n ** 63n) throw new GoPanic("strings: Repeat output length overflow");
  if (size > maxAllocation) throw new GoPanic("runtime error: makeslice: len out of range");
  if (count * text.length > maxTextUnits) throw new RangeError(`repeat of ${count} times ${text.length} characters`);
  return text.repeat(count);
}

function indent(spaces: number, text: string): string {
  const pad = repeat(spaces, " ");
  return text.includes("\n") ? pad + text.replaceAll("\n", `\n${pad}`) : pad + text;
}

/** The same of a block: a line break first. */
function indentBlock(spaces: number, text: string): string {
  const pad = `\n${repeat(spaces, " ")}`;
  return text.includes("\n") ? pad + text.replaceAll("\n", pad) : pad + text;
}

function truncateText(count: number, text: string): string {
  const length = byteLength(text);
  if (count < 0 && length + count > 0) return sliceBytes(text, length + count, length);
  return count >= 0 && length > count ? sliceBytes(text, 0, count) : text;
}

function substring(...[start, end, text]: [number, number, string]): string {
  const length = byteLength(text);
  if (start < 0) return cut(text, 0, end);
  if (end < 0 || end > length) return cut(text, start, length);
  return cut(text, start, end);
}

function cut(text: string, start: number, end: number): string {
  const length = byteLength(text);
  if (end < 0 || end > length) {
    const note = end < 0 ? "" : ` with length ${length}`;
    throw new GoPanic(`runtime error: slice bounds out of range [:${end}]${note}`);
  }
  if (start > end) throw new GoPanic(`runtime error: slice bounds out of range [${start}:${end}]`);
  return sliceBytes(text, start, end);
}

/** `strings.Trim`: the characters of a set off both ends. */
function trimSet(set: string, text: string): string {
  const unwanted = new Set(toRunes(set));
  const runes = toRunes(text);
  let start = 0;
  let end = runes.length;
  while (start < end && unwanted.has(runes[start] ?? "")) start++;
  while (end > start && unwanted.has(runes[end - 1] ?? "")) end--;
  return runes.slice(start, end).join("");
}

/** `strings.Split`: without separator into characters. */
function splitText(text: string, separator: string): string[] {
  return separator === "" ? toRunes(text) : text.split(separator);
}

function splitLimited(text: string, separator: string, limit: number): string[] {
  if (limit === 0) return [];
  if (limit < 0) return splitText(text, separator);
  const parts = splitText(text, separator);
  if (parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function numbered(parts: readonly string[]): TypedMap {
  const entries = parts.map((part, index): [string, string] => [`_${index}`, part]);
  return new TypedMap({ goType: "map[string]string", zero: "", entries });
}

function quoteAll(values: readonly GoValue[], quote: (value: GoValue) => string): string {
  const [first] = values;
  if (values.length === 1) return first === null ? "" : quote(first);
  return values
    .filter((value) => value !== null)
    .map((value) => quote(value))
    .join(" ");
}

function replaceText(...[old, replacement, text]: [string, string, string]): string {
  if (old !== "") return text.replaceAll(old, () => replacement);
  return (
    replacement +
    toRunes(text)
      .map((rune) => rune + replacement)
      .join("")
  );
}

function join(separator: string, list: GoValue): string {
  return toTexts(list).join(separator);
}

/** Functions on strings; see sprig's `strings.go`. */
export const textFunctions: Readonly<Record<string, GoFunction>> = {
  hello: fn([], () => "Hello!"),
  trim: fn(["string"], (text) => text.replaceAll(outerSpaces, "")),
  upper: fn(["string"], upperText),
  lower: fn(["string"], lowerText),
  title: fn(["string"], titleText),
  trunc: fn(["int", "string"], truncateText),
  substr: fn(["int", "int", "string"], substring),
  repeat: fn(["int", "string"], repeat),
  trimall: fn(["string", "string"], trimSet),
  trimAll: fn(["string", "string"], trimSet),
  trimSuffix: fn(["string", "string"], (suffix, text) =>
    suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: fn(["string", "string"], (prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  contains: fn(["string", "string"], (part, text) => text.includes(part)),
  hasPrefix: fn(["string", "string"], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn(["string", "string"], (suffix, text) => text.endsWith(suffix)),
  quote: variadic(["any"], (...values) => quoteAll(values, (value) => quoteString(toText(value)))),
  squote: variadic(["any"], (...values) => quoteAll(values, (value) => `'${printValue(value)}'`)),
  cat: variadic(["any"], (...values) =>
    values
      .filter((value) => value !== null)
      .map((value) => printValue(value))
      .join(" "),
  ),
  indent: fn(["int", "string"], indent),
  nindent: fn(["int", "string"], indentBlock),
  replace: fn(["string", "string", "string"], replaceText),
  plural: fn(["string", "string", "int"], (one, many, count) => (count === 1 ? one : many)),
  toString: fn(["any"], toText),
  split: fn(["string", "string"], (separator, text) => numbered(splitText(text, separator))),
  splitList: fn(["string", "string"], (separator, text) => typedSlice("[]string", splitText(text, separator))),
  splitn: fn(["string", "int", "string"], (separator, limit, text) => numbered(splitLimited(text, separator, limit))),
  toStrings: fn(["any"], (list) => typedSlice("[]string", toTexts(list))),
  join: fn(["string", "any"], join),
  sortAlpha: fn(["any"], (list) =>
    typedSlice("[]string", list === null ? ["<nil>"] : toTexts(list).sort(compareStrings)),
  ),
};
