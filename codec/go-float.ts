/**
 * Returns a float as Go's `strconv.FormatFloat(value, 'g', -1, bits)`: the shortest digits that read back as the same
 * number, with an exponent below 1e-04 and from 1e+06 on. `exponentFrom: 21` gives what Go's `%v` prints.
 */
export function formatGoFloat(value: number, format: { readonly bits: 32 | 64; readonly exponentFrom?: 21 }): string {
  if (Number.isNaN(value)) return "NaN";
  const rounded = format.bits === 32 ? Math.fround(value) : value;
  if (!Number.isFinite(rounded)) return rounded > 0 ? "+Inf" : "-Inf";
  const sign = rounded < 0 || Object.is(rounded, -0) ? "-" : "";
  if (rounded === 0) return `${sign}0`;
  const { digits, exponent } = shortestDigits(Math.abs(rounded), format.bits);
  if (exponent < -4 || exponent >= (format.exponentFrom ?? 6)) {
    const mantissa = digits.length > 1 ? `${digits.slice(0, 1)}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return sign + plainDigits(digits, exponent);
}

/** Digits without a point, and the power of ten of the first one. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function shortestDigits(value: number, bits: 32 | 64): Decimal {
  if (bits === 64) return splitExponential(value.toExponential());
  for (let precision = 0; precision < 9; precision++) {
    const text = value.toExponential(precision);
    if (Math.fround(Number(text)) === value) return splitExponential(text);
  }
  return splitExponential(value.toExponential());
}

function splitExponential(text: string): Decimal {
  const [mantissa = "", exponent = "0"] = text.split("e");
  return { digits: mantissa.replace(".", "").replace(/0+$/, ""), exponent: Number(exponent) };
}

function plainDigits(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
