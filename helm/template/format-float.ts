import { type FormatFlags, padText } from "./format-flags.ts";

/** Returns a float as Go's `strconv.FormatFloat(value, verb, precision, 64)`; without precision the shortest exact digits. */
export function formatFloat(value: number, verb: string, precision?: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  switch (verb) {
    case "e":
    case "E":
      return (
        sign +
        upperIf(
          verb === "E",
          exponentForm(precision === undefined ? size.toExponential() : fixedExponential(size, precision)),
        )
      );
    case "f":
      return sign + (precision === undefined ? plainForm(size.toExponential()) : fixedForm(size, precision));
    case "g":
    case "G":
      return sign + upperIf(verb === "G", generalForm(size, precision));
    case "b":
      return sign + binaryForm(size);
    default:
      return sign + upperIf(verb === "X", hexForm(size, precision));
  }
}

function upperIf(condition: boolean, text: string): string {
  return condition ? text.toUpperCase() : text;
}

/** Returns `1.5e+300` with the two digits of exponent that Go prints at least. */
function exponentForm(text: string): string {
  const [mantissa = "", exponent = "+0"] = text.split("e");
  return `${mantissa}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, "0")}`;
}

/** JavaScript rounds an exact half up, Go to even: so the digits are counted out exactly. */
function fixedExponential(size: number, precision: number): string {
  if (size === 0) return size.toExponential(Math.min(precision, 100));
  let exponent = Number(size.toExponential().split("e")[1] ?? "0");
  let digits = roundedDigits(size, precision - exponent).toString();
  if (digits.length > precision + 1) {
    exponent++;
    digits = roundedDigits(size, precision - exponent).toString();
  }
  const fraction = digits.slice(1);
  return `${digits.slice(0, 1)}${fraction === "" ? "" : `.${fraction}`}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

/** Returns `size × 10^places` rounded to a whole number, halves to even. */
function roundedDigits(size: number, places: number): bigint {
  const { mantissa, exponent } = parts(size);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (places >= 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const roundsUp = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

function plainForm(text: string): string {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = whole + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function fixedForm(size: number, precision: number): string {
  const digits = roundedDigits(size, precision)
    .toString()
    .padStart(precision + 1, "0");
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** The first whole number that Go prints as `1e+06`. */
const firstWithExponent = 1e6;

function generalForm(size: number, precision: number | undefined): string {
  if (size === 0) return "0";
  if (precision === undefined && size < firstWithExponent && Number.isInteger(size)) return String(size);
  const wanted = precision === undefined ? undefined : Math.max(precision, 1);
  const text = wanted === undefined ? size.toExponential() : fixedExponential(size, wanted - 1);
  const [mantissa = "", exponentText = "0"] = text.split("e");
  const digits = mantissa.replace(".", "").replace(/0+$/, "");
  const exponent = Number(exponentText);
  let limit = wanted ?? 6;
  if (wanted !== undefined && limit > digits.length && digits.length >= exponent + 1) limit = digits.length;
  const short = digits.length > 1 ? `${digits[0] ?? ""}.${digits.slice(1)}` : digits;
  const useExponent = exponent < -4 || exponent >= limit;
  return useExponent
    ? exponentForm(`${short}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`)
    : plainForm(`${short}e${exponent}`);
}

function parts(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function binaryForm(size: number): string {
  const { mantissa, exponent } = parts(size);
  return `${mantissa}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function hexForm(size: number, precision: number | undefined): string {
  if (size === 0) return `0x0${precision === undefined || precision === 0 ? "" : `.${"0".repeat(precision)}`}p+00`;
  let { mantissa, exponent } = parts(size);
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent--;
  }
  exponent += 52;
  if (precision !== undefined && precision < 13) {
    const drop = BigInt(52 - precision * 4);
    const half = 1n << (drop - 1n);
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= drop;
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  let fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, "0");
  fraction =
    precision === undefined ? fraction.replace(/0+$/, "") : fraction.slice(0, precision).padEnd(precision, "0");
  const tail = `p${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return `0x1${fraction === "" ? "" : `.${fraction}`}${tail}`;
}

/** Returns a float as a printf verb (`e E f g G b x X`, `%v` as `g`) prints it, with flags. */
export function formatFloatVerb(value: number, verb: string, flags: FormatFlags): string {
  let text = formatFloat(value, verb, flags.precision);
  if (text[0] !== "-" && text[0] !== "+") text = `+${text}`;
  if (flags.space === true && text[0] === "+" && flags.plus !== true) text = ` ${text.slice(1)}`;
  if (text[1] === "I" || text[1] === "N") {
    const bare = text[1] === "N" && flags.space !== true && flags.plus !== true;
    return padText(bare ? text.slice(1) : text, { ...flags, zero: false });
  }
  if (flags.sharp === true && verb !== "b") text = withPoint(text, verb, flags.precision);
  if (flags.plus !== true && text[0] === "+") return padText(text.slice(1), flags);
  if (flags.zero === true && flags.minus !== true && flags.width !== undefined && flags.width > text.length) {
    return `${text.slice(0, 1)}${"0".repeat(flags.width - text.length)}${text.slice(1)}`;
  }
  return padText(text, flags);
}

/** The `#` flag: always a point, and for `g` the zeros that it would drop. */
function withPoint(text: string, verb: string, precision: number | undefined): string {
  const keepsZeros = verb === "g" || verb === "G" || verb === "x";
  const exponentAt = verb === "x" || verb === "X" ? text.search(/[pP]/) : text.search(/[eEpP]/);
  const head = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const tail = exponentAt < 0 ? "" : text.slice(exponentAt);
  let digits = keepsZeros ? (precision ?? 6) : 0;
  let seen = false;
  for (const character of head.slice(1)) {
    if (character === ".") continue;
    if (character !== "0") seen = true;
    if (seen) digits--;
  }
  let out = head;
  if (!head.includes(".")) {
    if (head.length === 2 && head[1] === "0") digits--;
    out += ".";
  }
  return out + "0".repeat(Math.max(digits, 0)) + tail;
}
