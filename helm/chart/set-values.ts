import { parseJson } from "../../codec/parse-json.ts";
import { fromPlainValue } from "../functions/plain-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { typeName } from "../template/go-type.ts";
import { goInt64, type GoMap, type GoValue, isGoMap } from "../template/go-value.ts";
import { ChartError } from "./chart-error.ts";
import { findJsonEnd } from "./find-json-end.ts";
import { RuneReader } from "./rune-reader.ts";

/** How a line is read: `--set`, `--set-string`, `--set-file`, `--set-json` and `--set-literal`. */
export interface SetReading {
  /** Turns the text of a value into the value; absent where values are JSON. */
  readonly read?: (text: string) => GoValue;
  /** No character is escaped, a comma parts nothing: what stands behind the first `=` is the value. */
  readonly isLiteral?: boolean;
}

/** Returns the value that `--set` takes a text for: booleans, null and integers, else the text. */
export function readTyped(text: string): GoValue {
  if (/^true$/iu.test(text)) return true;
  if (/^false$/iu.test(text)) return false;
  if (/^null$/iu.test(text)) return null;
  if (text === "0") return goInt64(0);
  if (!/^[+-]?[0-9]+$/.test(text) || text.startsWith("0")) return text;
  const value = BigInt(text.replace("+", ""));
  return value === BigInt.asIntN(64, value) ? goInt64(value) : text;
}

const maxIndex = 65_536;
const maxNesting = 30;

/** The line ends where more is looked for; Helm then takes what was set so far. */
class EndOfLine extends Error {}

/** Sets what a line as `a.b[0]=x,c={y,z}` says in the values, in place (Helm: `strvals`). Throws `ChartError`. */
export function setValues(line: string, values: GoMap, reading: SetReading): void {
  const parser = new SetParser(new RuneReader(line), reading);
  try {
    for (;;) parser.readKey(values, 0);
  } catch (error) {
    if (!(error instanceof EndOfLine)) throw error;
  }
}

class SetParser {
  readonly #runes: RuneReader;
  readonly #reading: SetReading;

  constructor(runes: RuneReader, reading: SetReading) {
    this.#runes = runes;
    this.#reading = reading;
  }

  #until(stops: string): { readonly text: string; readonly stop: string | undefined } {
    return this.#reading.isLiteral === true ? this.#runes.untilLiteral(stops) : this.#runes.until(stops);
  }

  /** Reads one key with its value. Throws `EndOfLine` at the end of the line. */
  readKey(data: GoMap, nesting: number): void {
    const { text: key, stop } = this.#until(this.#reading.isLiteral === true ? "=[." : "=[,.");
    switch (stop) {
      case undefined:
        if (key === "") throw new EndOfLine();
        throw fault(`key ${quoteString(key)} has no value`);
      case "[":
        this.#readList(data, key, nesting);
        return;
      case "=":
        this.#readAssigned(data, key);
        return;
      case ",":
        throw fault(`key ${quoteString(key)} has no value (cannot end with ,)`);
      default:
        this.#readNested(data, key, nesting + 1);
    }
  }

  #readAssigned(data: GoMap, key: string): void {
    const isEnd =
      this.#reading.read !== undefined && this.#reading.isLiteral !== true && this.#runes.peek() === undefined;
    set(data, key, isEnd ? "" : this.#readValue());
    if (isEnd) throw new EndOfLine();
  }

  #readList(data: GoMap, key: string, nesting: number): void {
    const index = this.#readIndex();
    const list = data.has(key) ? asList(data.get(key)) : [];
    set(data, key, list);
    set(data, key, this.#readItem(list, index, nesting));
  }

  #readNested(data: GoMap, key: string, nesting: number): void {
    if (nesting > maxNesting) {
      throw fault(`value name nested level is greater than maximum supported nested level of ${maxNesting}`);
    }
    const found = data.get(key);
    if (data.has(key) && !isGoMap(found)) throw conversionFault(found, "map[string]interface {}");
    const inner: GoMap = isGoMap(found) ? found : new Map();
    try {
      this.readKey(inner, nesting);
      if (inner.size === 0) throw fault(`key map ${quoteString(key)} has no value`);
    } finally {
      if (inner.size > 0) set(data, key, inner);
    }
  }

  #readIndex(): number {
    const { text, stop } = this.#until("]");
    if (stop === undefined) throw new EndOfLine();
    const isNumber = /^[+-]?\d+$/.test(text);
    if (isNumber && BigInt.asIntN(64, BigInt(text.replace("+", ""))) === BigInt(text.replace("+", "")))
      return Number(text);
    const why = isNumber ? "value out of range" : "invalid syntax";
    throw fault(`error parsing index: strconv.Atoi: parsing ${quoteString(text)}: ${why}`);
  }

  /** Returns the list with the item that follows; the list itself is changed where it is long enough. */
  #readItem(list: GoValue[], index: number, nesting: number): GoValue[] {
    if (index < 0) throw fault(`negative ${index} index not allowed`);
    const { text, stop } = this.#until("[.=");
    if (text !== "") throw fault(`unexpected data at end of array index: ${quoteString(text)}`);
    const old = list[index];
    if (stop === "=") return setItem(list, index, this.#readValue());
    if (stop === "[") {
      const next = this.#readIndex();
      const inner = old === undefined || old === null ? [] : asList(old);
      return setItem(list, index, this.#readItem(inner, next, nesting));
    }
    if (stop === undefined) throw new EndOfLine();
    const inner: GoMap = isGoMap(old) ? old : new Map();
    if (index < list.length) list[index] = inner;
    this.readKey(inner, nesting);
    return setItem(list, index, inner);
  }

  #readValue(): GoValue {
    const { read } = this.#reading;
    if (read === undefined) return this.#readJson();
    if (this.#reading.isLiteral === true) return read(this.#until("").text);
    if (this.#runes.peek() !== "{") return read(this.#runes.until(",").text);
    this.#runes.skip();
    const items: GoValue[] = [];
    for (;;) {
      const { text, stop } = this.#runes.until(",}");
      if (stop === undefined) throw fault("list must terminate with '}'");
      items.push(read(text));
      if (stop === ",") continue;
      if (this.#runes.peek() === ",") this.#runes.skip();
      return items;
    }
  }

  #readJson(): GoValue {
    if (this.#skipBlanks()) return null;
    const rest = this.#runes.rest();
    const end = findJsonEnd(rest);
    const value = fromPlainValue(parseJson(rest.slice(0, end)));
    this.#runes.skip(Array.from(rest.slice(0, end)).length);
    this.#skipBlanks();
    return value;
  }

  /** Skips blanks and one comma; true when there was no value before the comma or the end. */
  #skipBlanks(): boolean {
    for (;;) {
      const next = this.#runes.peek();
      if (next === undefined) return true;
      if (next !== "," && !/\s/u.test(next)) return false;
      this.#runes.skip();
      if (next === ",") return true;
    }
  }
}

function set(data: GoMap, key: string, value: GoValue): void {
  if (key !== "") data.set(key, value);
}

function setItem(list: readonly GoValue[], index: number, value: GoValue): GoValue[] {
  if (index > maxIndex) throw fault(`index of ${index} is greater than maximum supported index of ${maxIndex}`);
  const items = [...list];
  while (items.length <= index) items.push(null);
  items[index] = value;
  return items;
}

function asList(value: GoValue): GoValue[] {
  if (Array.isArray(value)) return value;
  throw conversionFault(value, "[]interface {}");
}

/** Go's words for a value of another type than the key asks for. */
function conversionFault(value: GoValue, wanted: string): ChartError {
  const found = value === null || value === undefined ? "nil" : typeName(value);
  return fault(`unable to parse key: interface conversion: interface {} is ${found}, not ${wanted}`);
}

function fault(message: string): ChartError {
  return new ChartError("values", message);
}
