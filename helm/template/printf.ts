import type { FormatFlags } from "./format-flags.ts";
import { formatValue } from "./format-value.ts";
import { typeName } from "./go-type.ts";
import { GoInt, type GoValue } from "./go-value.ts";
import { printValue } from "./print-value.ts";

const maxNumber = 1_000_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Returns the text that Go's `fmt.Sprintf` gives, its `%!…` complaints included. */
export function sprintf(format: string, args: readonly GoValue[]): string {
  return new Printf(format, args).run();
}

class Printf {
  readonly #format: string;
  readonly #args: readonly GoValue[];
  #pos = 0;
  #arg = 0;
  #reordered = false;
  #goodIndex = true;
  #afterIndex = false;
  #out = "";

  constructor(format: string, args: readonly GoValue[]) {
    this.#format = format;
    this.#args = args;
  }

  run(): string {
    const end = this.#format.length;
    while (this.#pos < end) {
      const percent = this.#format.indexOf("%", this.#pos);
      const stop = percent < 0 ? end : percent;
      this.#out += this.#format.slice(this.#pos, stop);
      this.#pos = stop + 1;
      if (stop < end) this.#verb();
    }
    this.#extra();
    return this.#out;
  }

  #verb(): void {
    const format = this.#format;
    const flags: Mutable<FormatFlags> = {};
    this.#goodIndex = true;
    this.#afterIndex = false;
    this.#readFlags(flags);
    this.#argumentIndex();
    this.#width(flags);
    this.#precision(flags);
    if (!this.#afterIndex) this.#argumentIndex();
    const code = format.codePointAt(this.#pos);
    if (code === undefined) {
      this.#out += "%!(NOVERB)";
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#pos += verb.length;
    if (verb === "%") this.#out += "%";
    else if (!this.#goodIndex) this.#out += `%!${verb}(BADINDEX)`;
    else if (this.#arg >= this.#args.length) this.#out += `%!${verb}(MISSING)`;
    else this.#print(verb, flags);
  }

  #print(verb: string, flags: Mutable<FormatFlags>): void {
    if (verb === "v") {
      flags.sharpV = flags.sharp === true;
      flags.plusV = flags.plus === true;
      flags.sharp = false;
      flags.plus = false;
    }
    this.#out += formatValue(this.#args[this.#arg], verb, flags);
    this.#arg++;
  }

  #readFlags(flags: Mutable<FormatFlags>): void {
    for (; ; this.#pos++) {
      switch (this.#format[this.#pos] ?? "") {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = true;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  #width(flags: Mutable<FormatFlags>): void {
    if (this.#format[this.#pos] === "*") {
      this.#pos++;
      const width = this.#intArgument();
      if (width === undefined) {
        this.#out += "%!(BADWIDTH)";
      } else {
        flags.width = Math.abs(width);
        if (width < 0) {
          flags.minus = true;
          flags.zero = false;
        }
      }
      this.#afterIndex = false;
      return;
    }
    const width = this.#number();
    if (width === undefined) return;
    flags.width = width;
    if (this.#afterIndex) this.#goodIndex = false;
  }

  #precision(flags: Mutable<FormatFlags>): void {
    if (this.#format[this.#pos] !== "." || this.#pos + 1 >= this.#format.length) return;
    this.#pos++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#argumentIndex();
    if (this.#format[this.#pos] !== "*") {
      flags.precision = this.#number() ?? 0;
      return;
    }
    this.#pos++;
    const precision = this.#intArgument();
    if (precision === undefined || precision < 0) this.#out += "%!(BADPREC)";
    else flags.precision = precision;
    this.#afterIndex = false;
  }

  #number(): number | undefined {
    const start = this.#pos;
    while (/[0-9]/.test(this.#format[this.#pos] ?? "")) this.#pos++;
    if (this.#pos === start) return undefined;
    const value = Number(this.#format.slice(start, this.#pos));
    if (value <= maxNumber) return value;
    this.#pos = this.#format.length;
    return undefined;
  }

  /** Reads `[n]`: the argument to go on with. */
  #argumentIndex(): void {
    this.#afterIndex = false;
    if (this.#format[this.#pos] !== "[") return;
    this.#reordered = true;
    const close = this.#format.indexOf("]", this.#pos);
    if (close < 0 || this.#format.length - this.#pos < 3) {
      this.#goodIndex = false;
      this.#pos += 1;
      return;
    }
    const text = this.#format.slice(this.#pos + 1, close);
    this.#pos = close + 1;
    const index = /^[0-9]+$/.test(text) ? Number(text) - 1 : undefined;
    this.#afterIndex = index !== undefined;
    if (index === undefined || index < 0 || index >= this.#args.length) this.#goodIndex = false;
    else this.#arg = index;
  }

  #intArgument(): number | undefined {
    if (this.#arg >= this.#args.length) return undefined;
    const value = this.#args[this.#arg];
    this.#arg++;
    if (!(value instanceof GoInt)) return undefined;
    const number = Number(value.value);
    return Math.abs(number) > maxNumber ? undefined : number;
  }

  #extra(): void {
    if (this.#reordered || this.#arg >= this.#args.length) return;
    const rest = this.#args.slice(this.#arg).map((value) => {
      return value === null || value === undefined ? "<nil>" : `${typeName(value)}=${printValue(value)}`;
    });
    this.#out += `%!(EXTRA ${rest.join(", ")})`;
  }
}
