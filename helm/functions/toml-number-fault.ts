import { quoteString } from "../template/quote-string.ts";

/** What is wrong with a number, and how much of the text has been read then. */
export interface NumberFault {
  readonly message: string;
  readonly length: number;
}

/** Returns what Go's TOML reader says of the number that a text begins with; undefined when it is right. */
export function numberFault(text: string): NumberFault | undefined {
  const signed = /^[+-](.?)/s.exec(text);
  if (signed !== null) return signFault(text, signed[1] ?? "") ?? digitsFault(text);
  const based = /^0([box])(.?)/s.exec(text);
  if (based === null) return digitsFault(text);
  const [, base = "", digit = ""] = based;
  const { name, digits } = bases[base] ?? { name: "", digits: /./ };
  const shown = digit === "" ? "\0" : digit;
  if (!digits.test(digit)) return { message: `not ${name} number: '0${base}${shown}'`, length: 2 };
  return undefined;
}

const bases: Readonly<Record<string, { readonly name: string; readonly digits: RegExp }>> = {
  b: { name: "a binary", digits: /^[01]$/ },
  o: { name: "an octal", digits: /^[0-7]$/ },
  x: { name: "a hexadecimal", digits: /^[\da-fA-F]$/ },
};

function signFault(text: string, first: string): NumberFault | undefined {
  if (first === "i" || first === "n") {
    const word = first === "i" ? "inf" : "nan";
    if (text.slice(1, 4) === word) return undefined;
    let length = 2;
    while (text[length] === word[length - 1]) length++;
    return { message: `invalid float: '${text.slice(0, length)}'`, length };
  }
  if (first === "0" && /^[box]/.test(text.slice(2))) {
    return { message: `cannot use sign with non-decimal numbers: '${text.slice(0, 3)}'`, length: 2 };
  }
  if (first === ".") return { message: "floats must start with a digit, not '.'", length: 2 };
  if (/^\d/.test(first)) return undefined;
  const shown =
    first === "" ? String.raw`'\x00'` : first === "'" ? String.raw`'\''` : `'${quoteString(first).slice(1, -1)}'`;
  return { message: `expected a digit but got ${shown}`, length: 1 + first.length };
}

function digitsFault(text: string): NumberFault | undefined {
  const number = /^[+-]?[\d_]+(?:[.eE][\d_.eE+-]*)?/.exec(text)?.[0] ?? "";
  const isFloat = /[.eE]/.test(number);
  const kind = `Invalid ${isFloat ? "float" : "integer"} ${quoteString(number)}`;
  const say = (reason: string): NumberFault => ({ message: `${kind}: ${reason}`, length: number.length });
  const parts = number.split(/[.eE]+/).filter((part) => part !== "");
  if (parts.some((part) => !/^(?:[^_]|(?<=\d)_(?=\d))*$/.test(part))) {
    return say("underscores must be surrounded by digits");
  }
  if (/^[+-]?0[\d_]/.test(parts[0] ?? "")) return say("cannot have leading zeroes");
  if (/\.(?!\d)|^\./.test(number)) return say("'.' must be followed by one or more digits");
  if (isFloat) {
    const isNumber = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(number.replaceAll("_", ""));
    return isNumber ? undefined : { message: `Invalid float value: ${quoteString(number)}`, length: number.length };
  }
  const value = BigInt(number.replaceAll(/[_+-]/g, ""));
  const limit = number.startsWith("-") ? 2n ** 63n : 2n ** 63n - 1n;
  return value > limit ? { message: `${number} is out of range for int64`, length: number.length } : undefined;
}

/** Returns whether a text is a date, a time, or both, with or without an offset. */
export function isTomlDate(text: string): boolean {
  const parts =
    /^(\d{4}-\d\d-\d\d)?(?:(?:(?<=\d)[Tt ]|^)(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (parts === null) return false;
  const [, date = "2000-01-01", hour = "0", minute = "0", second = "0"] = parts;
  const moment = new Date(`${date}T00:00:00Z`);
  const isDate = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(date);
  return isDate && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}
