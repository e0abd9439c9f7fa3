import { formatGoFloat } from "../../../codec/go-float.ts";
import { checkInt, checkUint } from "../calculate.ts";
import { textCost } from "../cel-budget.ts";
import { CelFault, noOverload } from "../cel-fault.ts";
import { type CelFunction, type CelFunctions, textOf } from "../cel-function.ts";
import { CelDuration, CelTimestamp, CelType, CelUint, type CelValue, typeNameOf } from "../cel-value.ts";
import { printDuration, printTimestamp, second } from "../time-texts.ts";

const truths: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

/** Longer texts are no numbers, in characters. */
const maxNumber = 400;

function refuse(value: string, type: string): CelFault {
  return new CelFault(`${JSON.stringify(value.slice(0, 60))} cannot be converted to ${type}`);
}

function toInt(value: CelValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return checkInt(truncate(value));
  if (value instanceof CelUint) return checkInt(value.value);
  if (value instanceof CelTimestamp) return (value.nanos - (((value.nanos % second) + second) % second)) / second;
  if (value instanceof CelDuration) return value.nanos;
  const text = textOf(value);
  if (!/^[+-]?\d{1,30}$/u.test(text)) throw refuse(text, "int");
  return checkInt(BigInt(text.replace(/^\+/u, "")));
}

function toUint(value: CelValue): CelUint {
  if (value instanceof CelUint) return value;
  if (typeof value === "bigint") return checkUint(value);
  if (typeof value === "number") return checkUint(truncate(value));
  const text = textOf(value);
  if (!/^\d{1,30}$/u.test(text)) throw refuse(text, "uint");
  return checkUint(BigInt(text));
}

function truncate(value: number): bigint {
  if (!Number.isFinite(value)) throw new CelFault("integer overflow");
  return BigInt(Math.trunc(value));
}

function toDouble(value: CelValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof CelUint) return Number(value.value);
  const text = textOf(value);
  if (text.length > maxNumber) throw refuse(text, "double");
  const { sign, word } = /^(?<sign>[+-]?)(?<word>inf|infinity|nan)$/iu.exec(text)?.groups ?? {};
  if (word !== undefined) return word.toLowerCase() === "nan" ? Number.NaN : sign === "-" ? -Infinity : Infinity;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u.test(text)) throw refuse(text, "double");
  const number = Number(text);
  if (!Number.isFinite(number)) throw refuse(text, "double");
  return number;
}

const toText: CelFunction["call"] = ([value = null], budget) => {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return formatGoFloat(value, { bits: 64 });
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelTimestamp) return printTimestamp(value);
  if (value instanceof CelDuration) return printDuration(value);
  if (value instanceof CelType) return value.name;
  if (value instanceof Uint8Array) return decode(value, budget);
  throw new CelFault(`no such overload: string(${typeNameOf(value)})`);
};

const decode = (bytes: Uint8Array, budget: Parameters<CelFunction["call"]>[1]): string => {
  budget.spend(textCost(bytes.length));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CelFault("the bytes are no UTF-8 text");
  }
};

const toBool = (value: CelValue): boolean => {
  if (typeof value === "boolean") return value;
  const text = textOf(value);
  const truth = truths.get(text);
  if (truth === undefined) throw refuse(text, "bool");
  return truth;
};

const toBytes: CelFunction["call"] = ([value], budget) => {
  if (value instanceof Uint8Array) return value;
  const text = textOf(value);
  budget.spend(textCost(text.length));
  return new TextEncoder().encode(text);
};

const fromBase64: CelFunction["call"] = ([value], budget) => {
  const text = textOf(value);
  budget.spend(textCost(text.length));
  if (!/^[A-Za-z0-9+/]*={0,2}$/u.test(text)) throw refuse(text, "bytes: it is no base64");
  return Uint8Array.from(Buffer.from(text, "base64"));
};

const toBase64: CelFunction["call"] = ([value], budget) => {
  if (!(value instanceof Uint8Array)) throw noOverload();
  budget.spend(textCost(value.length));
  return Buffer.from(value).toString("base64");
};

function of(convert: (value: CelValue) => CelValue): CelFunction {
  return { counts: [1], call: ([value = null]) => convert(value) };
}

/** Conversions between types, and the encoders extension. */
export const conversions: CelFunctions = {
  alone: {
    int: of(toInt),
    uint: of(toUint),
    double: of(toDouble),
    bool: of(toBool),
    dyn: of((value) => value),
    type: of((value) => new CelType(typeNameOf(value))),
    string: { counts: [1], call: toText },
    bytes: { counts: [1], call: toBytes },
    "base64.decode": { counts: [1], call: fromBase64 },
    "base64.encode": { counts: [1], call: toBase64 },
  },
  methods: {},
};
