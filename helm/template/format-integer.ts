import { type FormatFlags, padText } from "./format-flags.ts";
import { isPrintable, quoteBody } from "./quote-string.ts";

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

/** Returns an integer as a printf verb prints it, or `undefined` when the verb is not for integers. */
export function formatInteger(value: bigint, verb: string, flags: FormatFlags): string | undefined {
  const base = bases[verb];
  if (base !== undefined) return formatDigits(value, { base, verb }, flags);
  switch (verb) {
    case "c":
      return padText(runeText(value), flags);
    case "q":
      return padText(`'${quoteBody(runeText(value), { quote: "'", asciiOnly: flags.plus === true })}'`, flags);
    case "U":
      return padText(unicodeText(value, flags), { ...flags, zero: false });
    default:
      return undefined;
  }
}

function formatDigits(
  value: bigint,
  form: { readonly base: number; readonly verb: string },
  flags: FormatFlags,
): string {
  const { base, verb } = form;
  const negative = value < 0n;
  const size = negative ? -value : value;
  if (flags.precision === 0 && size === 0n) return " ".repeat(flags.width ?? 0);
  let wanted = flags.precision ?? 0;
  if (flags.precision === undefined && flags.zero === true && flags.minus !== true && flags.width !== undefined) {
    wanted = flags.width - (negative || flags.plus === true || flags.space === true ? 1 : 0);
  }
  let digits = size.toString(base);
  if (verb === "X") digits = digits.toUpperCase();
  digits = digits.padStart(wanted, "0");
  if (flags.sharp === true) {
    if (base === 2) digits = `0b${digits}`;
    if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    if (base === 16) digits = `0${verb === "X" ? "X" : "x"}${digits}`;
  }
  if (verb === "O") digits = `0o${digits}`;
  const sign = negative ? "-" : flags.plus === true ? "+" : flags.space === true ? " " : "";
  return padText(sign + digits, { ...flags, zero: false });
}

function runeText(value: bigint): string {
  const valid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return valid ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function unicodeText(value: bigint, flags: FormatFlags): string {
  const size = BigInt.asUintN(64, value);
  const digits = size
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 4), "0");
  const shown = flags.sharp === true && size <= 0x10ffffn && isPrintable(runeText(size)) ? ` '${runeText(size)}'` : "";
  return `U+${digits}${shown}`;
}
