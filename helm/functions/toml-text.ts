import { formatFloat } from "../template/format-float.ts";
import { sortedKeys } from "../template/go-string.ts";
import {
  GoComplex,
  GoInt,
  type GoMap,
  GoObject,
  GoPanic,
  type GoValue,
  isGoMap,
  TypedMap,
  TypedSlice,
} from "../template/go-value.ts";
import { formatTime } from "./dates/format-time.ts";
import { GoDuration } from "./dates/go-duration.ts";
import { GoTime } from "./dates/go-time.ts";
import { spendValues } from "../template/run-cost.ts";

const maxDepth = 1000;

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

/** Returns a map as BurntSushi's encoder prints it as TOML. Throws `GoPanic` with its words. */
export function printToml(value: GoValue): string {
  const writer = new TomlWriter();
  writer.write(value);
  return writer.text;
}

type TomlType = "nil" | "table" | "tables" | "array" | "value";

function typeOf(value: GoValue): TomlType {
  spendValues(8);
  if (isNil(value)) return "nil";
  if (isGoMap(value)) return "table";
  if (!Array.isArray(value)) return value instanceof GoObject && isStruct(value) ? "table" : "value";
  const types = value.map((item) => typeOf(item));
  if (types.includes("nil")) throw new GoPanic("toml: cannot encode array with nil element");
  return types.length > 0 && types.every((type) => type === "table") ? "tables" : "array";
}

function isNil(value: GoValue): boolean {
  if (value === null || value === undefined) return true;
  return (value instanceof TypedMap || value instanceof TypedSlice) && value.isNil;
}

function isStruct(value: GoObject): boolean {
  return !(value instanceof GoTime) && !(value instanceof GoDuration) && isGoMap(value.toJsonValue());
}

function fieldsOf(value: GoValue): GoMap {
  if (isGoMap(value)) return value;
  const fields = value instanceof GoObject ? value.toJsonValue() : null;
  return isGoMap(fields) ? fields : new Map();
}

function quoted(text: string): string {
  const body = text.replaceAll(
    /["\\\u007f]|[^ -\uffff]/g,
    (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${body}"`;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

function isTable({ type }: { readonly type: TomlType }): boolean {
  return type === "table" || type === "tables";
}

class TomlWriter {
  text = "";

  write(value: GoValue): void {
    if (isNil(value)) return;
    const type = typeOf(value);
    if (type === "tables") throw new GoPanic("toml: top-level values must be Go maps or structs");
    if (type === "table") this.#entries([], fieldsOf(value));
    else this.text += this.#element(value, 0);
  }

  #newline(): void {
    if (this.text !== "") this.text += "\n";
  }

  #indent(path: readonly string[]): string {
    if (path.length > maxDepth) throw new GoPanic(`toml: nested deeper than ${maxDepth} levels`);
    return "  ".repeat(path.length - 1);
  }

  #entries(path: readonly string[], map: GoMap): void {
    const keys = sortedKeys(map);
    const typed = keys.map((key) => ({ key, value: map.get(key), type: typeOf(map.get(key)) }));
    for (const { key, value, type } of [...typed.filter((one) => !isTable(one)), ...typed.filter(isTable)]) {
      if (type !== "nil") this.#entry([...path, key], value, type);
    }
  }

  #entry(path: readonly string[], value: GoValue, type: TomlType): void {
    const name = path.map((key) => keyText(key)).join(".");
    if (type === "table") {
      if (path.length === 1) this.#newline();
      this.text += `${this.#indent(path)}[${name}]`;
      this.#newline();
      this.#entries(path, fieldsOf(value));
    } else if (type === "tables" && Array.isArray(value)) {
      for (const item of value) {
        this.#newline();
        this.text += `${this.#indent(path)}[[${name}]]`;
        this.#newline();
        this.#entries(path, fieldsOf(item));
      }
    } else {
      this.text += `${this.#indent(path)}${keyText(path.at(-1) ?? "")} = ${this.#element(value, path.length)}`;
      this.#newline();
    }
  }

  #element(value: GoValue, depth: number): string {
    if (depth > maxDepth) throw new GoPanic(`toml: nested deeper than ${maxDepth} levels`);
    if (typeof value === "string") return quoted(value);
    if (typeof value === "boolean") return String(value);
    if (typeof value === "number") return floatText(value);
    if (value instanceof GoInt) return value.value.toString();
    if (value instanceof GoTime) return formatTime(value, "2006-01-02T15:04:05.999999999Z07:00");
    if (value instanceof GoDuration) return quoted(value.goString());
    if (value instanceof Uint8Array) return `[${Array.from(value).join(", ")}]`;
    if (Array.isArray(value)) return `[${value.map((item) => this.#element(item, depth + 1)).join(", ")}]`;
    if (value instanceof GoComplex) throw new GoPanic("unsupported type: complex128");
    return isGoMap(value) || (value instanceof GoObject && isStruct(value))
      ? this.#inline(fieldsOf(value), depth)
      : quoted(value instanceof GoObject ? value.goString() : "");
  }

  #inline(map: GoMap, depth: number): string {
    const typed = sortedKeys(map).map((key) => ({ key, value: map.get(key), type: typeOf(map.get(key)) }));
    const present = typed.filter(({ type }) => type !== "nil");
    const ordered = [...present.filter((one) => !isTable(one)), ...present.filter(isTable)];
    return `{${ordered.map(({ key, value }) => `${keyText(key)} = ${this.#element(value, depth + 1)}`).join(", ")}}`;
  }
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const text = formatFloat(value, "g");
  return /[.e]/.test(text) ? text : `${text}.0`;
}
