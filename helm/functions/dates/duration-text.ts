import { GoPanic } from "../../template/go-value.ts";
import { quoteString } from "../../template/quote-string.ts";

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Returns a whole number with the given places behind the point, without zeros at the end. */
export function formatFraction(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
}

/** Returns the nanoseconds of a duration like `1h30m` or `-1.5s`. Throws `GoPanic` with the words of `time.ParseDuration`. */
export function parseDuration(text: string): bigint {
  const negative = text.startsWith("-");
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw new GoPanic(`time: invalid duration ${quoteString(text)}`);
  let total = 0n;
  while (rest !== "") {
    const found = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest);
    const [whole = "", digits = "", fraction = "", unit = ""] = found ?? [];
    if (digits === "" && fraction === "") throw new GoPanic(`time: invalid duration ${quoteString(text)}`);
    if (unit === "") throw new GoPanic(`time: missing unit in duration ${quoteString(text)}`);
    const size = units[unit];
    if (size === undefined) {
      throw new GoPanic(`time: unknown unit ${quoteString(unit)} in duration ${quoteString(text)}`);
    }
    total +=
      BigInt(digits === "" ? "0" : digits) * size +
      (BigInt(fraction === "" ? "0" : fraction) * size) / 10n ** BigInt(fraction.length);
    if (total > 2n ** 63n) throw new GoPanic(`time: invalid duration ${quoteString(text)}`);
    rest = rest.slice(whole.length);
  }
  if (!negative && total > 2n ** 63n - 1n) throw new GoPanic(`time: invalid duration ${quoteString(text)}`);
  return negative ? -total : total;
}
