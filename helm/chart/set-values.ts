import { parseJson } from "../../codec/parse-json.ts";
import { fromPlainValue } from "../functions/plain-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { goInt64, type GoMap, type GoValue, isGoMap } from "../template/go-value.ts";
import { ChartError } from "./chart-error.ts";
import { findJsonEnd } from "./find-json-end.ts";
import { RuneReader } from "./rune-reader.ts";

/** How the values of a line are read: `--set`, `--set-string`, `--set-file` and `--set-json`. */
export interface SetReading {
  /** Turns the text of a value into the value; absent where values are JSON. */
  readonly read?: (text: string) => GoValue;
}

/** Returns the value that `--set` takes a text for: booleans, null and integers, else the text. */
export function readTyped(text: string): GoValue {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  if (lower === "null") return null;
  if (text === "0") return goInt64(0);
  if (!/^[+-]?[0-9]+$/.test(text) || text.startsWith("0")) return text;
  const value = BigInt(text.replace("+", ""));
  return value === BigInt.asIntN(64, value) ? goInt64(value) : text;
}

const maxIndex = 65_536;
const maxNesting = 30;

/** Sets what a line as `a.b[0]=x,c={y,z}` says in the values, in place (Helm: `strvals`). Throws `ChartError`. */
export function setValues(line: string, values: GoMap, reading: SetReading): void {
  const parser = new SetParser(new RuneReader(line), reading);
  while (parser.readKey(values, 0)) {
    // Each call takes one key with its value.
  }
}

class SetParser {
  readonly #runes: RuneReader;
  readonly #reading: SetReading;

  constructor(runes: RuneReader, reading: SetReading) {
    this.#runes = runes;
    this.#reading = reading;
  }

  /** Reads one key with its value; false at the end of the line. */
  readKey(data: GoMap, nesting: number): boolean {
    const { text: key, stop } = this.#runes.until("=[,.");
    switch (stop) {
      case undefined:
        if (key === "") return false;
        throw fault(`key ${quoteString(key)} has no value`);
      case "[":
        set(data, key, this.#readItem(listAt(data.get(key)), this.#readIndex(), nesting));
        return true;
      case "=":
        set(data, key, this.#readValue());
        return true;
      case ",":
        throw fault(`key ${quoteString(key)} has no value (cannot end with ,)`);
      default:
        return this.#readNested(data, key, nesting + 1);
    }
  }

  #readNested(data: GoMap, key: string, nesting: number): boolean {
    if (nesting > maxNesting) {
      throw fault(`value name nested level is greater than maximum supported nested level of ${maxNesting}`);
    }
    const found = data.get(key);
    if (data.has(key) && !isGoMap(found)) {
      throw fault("unable to parse key: interface conversion: the key holds something that is no map");
    }
    const inner: GoMap = isGoMap(found) ? found : new Map();
    const isMore = this.readKey(inner, nesting);
    if (isMore && inner.size === 0) throw fault(`key map ${quoteString(key)} has no value`);
    if (inner.size > 0) set(data, key, inner);
    return isMore;
  }

  #readIndex(): number {
    const { text, stop } = this.#runes.until("]");
    if (stop === undefined) throw fault("error parsing index: EOF");
    if (!/^[+-]?\d+$/.test(text)) {
      throw fault(`error parsing index: strconv.Atoi: parsing ${quoteString(text)}: invalid syntax`);
    }
    return Number(text);
  }

  #readItem(list: readonly GoValue[], index: number, nesting: number): GoValue[] {
    if (index < 0) throw fault(`negative ${index} index not allowed`);
    if (index > maxIndex) throw fault(`index of ${index} is greater than maximum supported index of ${maxIndex}`);
    const { text, stop } = this.#runes.until("[.=");
    if (text !== "") throw fault(`unexpected data at end of array index: ${quoteString(text)}`);
    const items = [...list];
    while (items.length <= index) items.push(null);
    const old = items[index];
    if (stop === "=") {
      items[index] = this.#readValue();
    } else if (stop === "[") {
      items[index] = this.#readItem(listAt(old), this.#readIndex(), nesting);
    } else if (stop === ".") {
      const inner: GoMap = isGoMap(old) ? old : new Map();
      this.readKey(inner, nesting);
      items[index] = inner;
    } else {
      throw fault("EOF");
    }
    return items;
  }

  #readValue(): GoValue {
    const { read } = this.#reading;
    if (read === undefined) return this.#readJson();
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

function listAt(value: GoValue): readonly GoValue[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw fault("unable to parse key: interface conversion: the key holds something that is no list");
}

function fault(message: string): ChartError {
  return new ChartError("values", message);
}
