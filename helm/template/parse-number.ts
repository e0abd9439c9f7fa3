import type { NumberNode, SourceText } from "./nodes.ts";
import type { TokenType } from "./tokens.ts";
import { unquoteCharacter } from "./unquote-string.ts";

const maxInt = 2n ** 63n - 1n;
const minInt = -(2n ** 63n);
const maxUint = 2n ** 64n - 1n;

/** Returns a number token as node, or the text of what is wrong with it. */
export function parseNumber(
  token: { readonly type: TokenType; readonly value: string; readonly pos: number },
  source: SourceText,
): NumberNode | string {
  const base = { type: "number", pos: token.pos, source, text: token.value } as const;
  const text = token.value;
  if (token.type === "charConstant") {
    const code = unquoteCharacter(text);
    if (code === undefined) return text === "''" ? "invalid syntax" : `malformed character constant: ${text}`;
    return { ...base, int: BigInt(code), uint: BigInt(code), float: code, complex: undefined };
  }
  if (token.type === "complex") {
    const parts = /^(.*[^eEpP])([+-].*)i$/.exec(text);
    const [real, imaginary] = [parseGoFloat(parts?.[1] ?? ""), parseGoFloat(parts?.[2] ?? "")];
    if (real === undefined || imaginary === undefined) return "expected complex";
    return { ...base, ...fromComplex(real, imaginary) };
  }
  if (text.endsWith("i")) {
    const imaginary = parseGoFloat(text.slice(0, -1));
    if (imaginary !== undefined) return { ...base, ...fromComplex(0, imaginary) };
  }
  return parsePlain(base);
}

function parsePlain(base: Pick<NumberNode, "type" | "pos" | "source" | "text">): NumberNode | string {
  const { text } = base;
  const whole = parseGoInt(text);
  if (whole !== undefined) {
    const int = whole >= minInt && whole <= maxInt ? whole : undefined;
    const signed = text.startsWith("-") || text.startsWith("+");
    const uint = whole >= 0n && whole <= maxUint && (!signed || whole === 0n) ? whole : undefined;
    if (int !== undefined || uint !== undefined) {
      return { ...base, int, uint, float: Number(int ?? uint), complex: undefined };
    }
  }
  const float = parseGoFloat(text);
  if (float === undefined) return `illegal number syntax: "${text}"`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: "${text}"`;
  const exact = Number.isInteger(float) ? BigInt(float) : undefined;
  const int = exact !== undefined && exact >= minInt && exact <= maxInt ? exact : undefined;
  const uint = exact !== undefined && exact >= 0n && exact <= maxUint ? exact : undefined;
  return { ...base, int, uint, float, complex: undefined };
}

function fromComplex(real: number, imaginary: number): Pick<NumberNode, "int" | "uint" | "float" | "complex"> {
  const isReal = imaginary === 0;
  const whole = isReal && Number.isSafeInteger(real) ? BigInt(real) : undefined;
  return {
    complex: [real, imaginary],
    float: isReal ? real : undefined,
    int: whole,
    uint: whole !== undefined && whole >= 0n ? whole : undefined,
  };
}

/** Returns the integer that Go's `strconv.ParseInt(text, 0, …)` reads, of any size; `undefined` for bad syntax. */
export function parseGoInt(text: string): bigint | undefined {
  const parts = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0[0-7_]*|[1-9][0-9_]*)$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", body = ""] = parts;
  if (!wellPlacedUnderscores(body)) return undefined;
  const digits = body.replaceAll("_", "");
  const octal = /^0[0-7]/.test(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits.toLowerCase());
  return sign === "-" ? -value : value;
}

/** Underscores stand between digits, or between a base and its digits. */
function wellPlacedUnderscores(body: string): boolean {
  return !body.includes("_") || /^(?:0[xXoObB]_?)?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*$/.test(body);
}

/** Returns the number that Go's `strconv.ParseFloat` reads, hexadecimal ones included; `undefined` for bad syntax or range. */
export function parseGoFloat(written: string): number | undefined {
  if (/(?:^|[^0-9a-fA-FxX])_|_(?:$|[^0-9a-fA-F])/.test(written)) return undefined;
  const text = written.replaceAll("_", "");
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) {
    if (special[2]?.toLowerCase() === "nan") return special[1] === "" ? Number.NaN : undefined;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(text);
  if (hex !== null) {
    const [, sign = "", whole = "", fraction = "", exponent = "0"] = hex;
    if (whole === "" && fraction === "") return undefined;
    const mantissa = Number(BigInt(`0x0${whole}${fraction}`));
    const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
    return sign === "-" ? -value : value;
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
