import { formatGoFloat } from "./go-float.ts";
import { isGoTimestamp } from "./is-go-timestamp.ts";
import { resolveYamlScalar } from "./yaml/resolve-yaml-scalar.ts";

/** How go-yaml writes a scalar. */
export type GoYamlStyle = "plain" | "single" | "double" | "literal";

/** Most texts; none of the characters that need a closer look. */
const ordinary = /^[A-Za-z][-\w./]*$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const notPrintable = /[^\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\ud800-\udfff]/;
const breaks = /[\r\n\u0085\u2028\u2029]/;
const startsBlockIndicator = /^(?:[#,[\]{}&*!|>'"%@`]|---|\.\.\.|[?:-](?:[ \t]|$))/;
const innerBlockIndicator = /:(?:[ \t]|$)|[ \t\r\n\u0085\u2028\u2029]#/;

/**
 * Returns the style in which go-yaml v2 writes a string: plain unless it would be read as something else. Source:
 * `stringv` and `yaml_emitter_analyze_scalar` of go.yaml.in/yaml/v2.
 */
export function chooseGoYamlStyle(text: string, isSimpleKey: boolean): GoYamlStyle {
  if (ordinary.test(text)) return isPlainGoYaml(text) ? "plain" : "double";
  const isSpecial = notPrintable.test(text);
  const isMultiline = breaks.test(text);
  if (isMultiline && isSimpleKey) return "double";
  if (text.includes("\n")) {
    const isBlockAllowed = !isSpecial && !text.endsWith(" ") && !/ [\r\n\u0085\u2028\u2029]/.test(text);
    return isBlockAllowed ? "literal" : "double";
  }
  if (!isPlainGoYaml(text)) return "double";
  const hasSpaceAtBreak = /[\r\u0085\u2028\u2029] | [\r\u0085\u2028\u2029]/.test(text);
  if (isSpecial || hasSpaceAtBreak) return "double";
  const isPlainAllowed =
    !isMultiline && !/^ | $/.test(text) && !startsBlockIndicator.test(text) && !innerBlockIndicator.test(text);
  return isPlainAllowed ? "plain" : "single";
}

/** Returns whether a string without quotes would be read as a string: not as number, boolean, null or time. */
export function isPlainGoYaml(text: string): boolean {
  if (text === "" || resolveYamlScalar(text).type !== "string") return false;
  return !/^[-+\d]/.test(text) || (!base60.test(text) && !isGoTimestamp(text));
}

/** Returns a number as it comes out of Go's JSON encoder and go-yaml's: integers to uint64 as digits, the rest as floats. */
export function printGoYamlNumber(value: number | bigint): string {
  const isDigits = typeof value === "bigint" || (Number.isInteger(value) && Math.abs(value) < 1e21);
  const whole = isDigits ? BigInt(String(value)) : undefined;
  if (whole !== undefined && whole >= -(2n ** 63n) && whole < 2n ** 64n) return whole.toString();
  const text = formatGoFloat(Number(value), { bits: 64 });
  return { "+Inf": ".inf", "-Inf": "-.inf", NaN: ".nan" }[text] ?? text;
}

const escapes = new Map<number, string>([
  [0x00, "0"],
  [0x07, "a"],
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0b, "v"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x1b, "e"],
  [0x22, '"'],
  [0x5c, "\\"],
  [0x85, "N"],
  [0xa0, "_"],
  [0x2028, "L"],
  [0x2029, "P"],
]);

/** Returns the characters of a string as they stand in go-yaml's double quotes. */
export function escapeGoYaml(text: string): string[] {
  // go-yaml looks for a byte order mark at the start of the string at every character
  const escapesAll = text.startsWith("\ufeff");
  return Array.from(text, (char) => {
    const needsEscape = escapesAll || char === '"' || char === "\\" || notPrintable.test(char) || breaks.test(char);
    return needsEscape ? `\\${escapeOf(char.codePointAt(0) ?? 0)}` : char;
  });
}

function escapeOf(code: number): string {
  const known = escapes.get(code);
  if (known !== undefined) return known;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `u${hex.padStart(4, "0")}` : `U${hex.padStart(8, "0")}`;
}
