import type { JsonValue } from "../../codec/json-value.ts";

type Format = "binary" | "exponent" | "si";

const siSuffixes = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** A quantity such as `500m`, `1.5Gi` or `1e3`: its value in billionths, and how it was written. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: Format;
  readonly digits: string;
  readonly fraction: string;
  /** Power of ten, or of two for the binary format. */
  readonly exponent: number;
}

/** Returns the quantity that a text means, undefined when it is none (resource.ParseQuantity of k8s.io/apimachinery). */
export function parseQuantity(text: string): Quantity | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE]?)$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = ""] = found;
  if (whole === "" && fraction === "") return undefined;
  const digits = whole.replace(/^0+/, "") || "0";
  const mantissa = BigInt(digits + fraction);
  const { format, exponent } = readSuffix(suffix);
  const [base, power] = format === "binary" ? [2n, exponent] : [10n, exponent];
  // mantissa × base^power × 10^(9 − digits of the fraction), rounded up to a whole billionth.
  let [over, under] = [mantissa * 10n ** 9n, 10n ** BigInt(fraction.length)];
  if (power >= 0) over *= base ** BigInt(power);
  else under *= base ** BigInt(-power);
  const nanos = (over + under - 1n) / under;
  return { nanos: sign === "-" ? -nanos : nanos, format, digits, fraction, exponent };
}

function readSuffix(suffix: string): { readonly format: Format; readonly exponent: number } {
  const si = siSuffixes.get(suffix);
  if (si !== undefined) return { format: "si", exponent: si };
  const binary = binarySuffixes.indexOf(suffix);
  if (binary > 0) return { format: "binary", exponent: binary * 10 };
  return { format: "exponent", exponent: Number(suffix.slice(1)) };
}

/**
 * Returns a quantity as kube-apiserver prints it (`1000m` becomes `1`), rounded up to thousandths where asked; what is
 * no quantity stays as it is.
 */
export function canonicalQuantity(value: JsonValue, precision: "milli" | "nano" = "nano"): JsonValue {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") return value;
  const text = String(value).trim();
  const quantity = parseQuantity(text);
  if (quantity === undefined) return value;
  if (precision === "milli" && quantity.nanos % million !== 0n) return printQuantity(roundUpToMilli(quantity));
  return isKeptAsWritten(quantity) ? text : printQuantity(quantity);
}

// Go keeps the text where it looks canonical at a glance, which lets `1.500` through.
function isKeptAsWritten({ format, digits, fraction, exponent, nanos }: Quantity): boolean {
  if (nanos === 0n) return false;
  if (format === "binary") {
    return fraction === "" && 14 - digits.length - Math.floor(exponent * 0.3) >= 0 && BigInt(digits) % 8n !== 0n;
  }
  const scale = exponent - fraction.length;
  const shifted = digits + fraction;
  return shifted.length <= 18 && scale >= -9 && scale % 3 === 0 && !shifted.endsWith("000") && !shifted.startsWith("0");
}

const million = 10n ** 6n;
const billion = 10n ** 9n;

function roundUpToMilli(quantity: Quantity): Quantity {
  const { nanos } = quantity;
  const rest = nanos % million;
  // Away from zero.
  return { ...quantity, nanos: nanos - rest + (nanos > 0n ? million : -million) };
}

function printQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return "0";
  const whole = nanos / billion;
  const small = whole > -1024n && whole < 1024n;
  if (format === "binary" && !small && nanos % billion === 0n) return printBinary(whole);
  return printDecimal(nanos, format === "exponent");
}

function printBinary(whole: bigint): string {
  let [amount, index] = [whole, 0];
  while (amount % 1024n === 0n && index < binarySuffixes.length - 1) {
    amount /= 1024n;
    index++;
  }
  return `${amount}${binarySuffixes[index]}`;
}

function printDecimal(nanos: bigint, asExponent: boolean): string {
  let [amount, exponent] = [nanos, -9];
  while (amount % 1000n === 0n && exponent < 18) {
    amount /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? String(amount) : `${amount}e${exponent}`;
  const suffix = [...siSuffixes].find(([, power]) => power === exponent)?.[0] ?? "";
  return `${amount}${suffix}`;
}
