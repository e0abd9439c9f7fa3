import { type FormatFlags, padText } from "./format-flags.ts";
import { toBytes } from "./go-string.ts";
import { quoteString } from "./quote-string.ts";

/** Returns a string as a printf verb prints it, or `undefined` when the verb is not for strings. */
export function formatText(text: string, verb: string, flags: FormatFlags): string | undefined {
  switch (verb) {
    case "v":
      return flags.sharpV === true ? formatQuoted(text, flags) : padText(truncated(text, flags), flags);
    case "s":
      return padText(truncated(text, flags), flags);
    case "q":
      return formatQuoted(text, flags);
    case "x":
    case "X":
      return formatHex(toBytes(text), verb, flags);
    default:
      return undefined;
  }
}

function truncated(text: string, flags: FormatFlags): string {
  return flags.precision === undefined ? text : Array.from(text).slice(0, flags.precision).join("");
}

function formatQuoted(text: string, flags: FormatFlags): string {
  const shown = truncated(text, flags);
  if (flags.sharp === true && canBackquote(shown)) return padText(`\`${shown}\``, flags);
  return padText(quoteString(shown, flags.plus), flags);
}

/** Returns whether Go writes a text between backquotes (`strconv.CanBackquote`). */
export function canBackquote(text: string): boolean {
  return !/[`\u007f\ufeff]|[^\t -\uffff]/.test(text) && text.isWellFormed();
}

/** Returns bytes in hexadecimal, with the flags for a prefix and blanks between the bytes. */
export function formatHex(bytes: Uint8Array, verb: string, flags: FormatFlags): string {
  const shown = bytes.subarray(0, flags.precision ?? bytes.length);
  if (shown.length === 0) return padText("", flags);
  const digits = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0"));
  const prefix = flags.sharp === true ? "0x" : "";
  const text = flags.space === true ? digits.map((pair) => prefix + pair).join(" ") : prefix + digits.join("");
  return padText(verb === "X" ? text.toUpperCase() : text, flags);
}
