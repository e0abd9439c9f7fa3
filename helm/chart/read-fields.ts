import { formatGoFloat } from "../../codec/go-float.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";

/** A field that has another type than Go's struct; the message is that of `encoding/json`. */
export class FieldTypeError extends Error {}

/** Reads the fields of a YAML map as `sigs.k8s.io/yaml` fills a Go struct: plain scalars become strings where a string is wanted. */
export class FieldReader {
  readonly #struct: string;
  /** The map itself; empty for null. */
  readonly object: JsonObject;

  constructor(struct: string, value: JsonValue | undefined, place = `Go value of type ${struct}`) {
    this.#struct = struct;
    if (value !== undefined && value !== null && !isJsonObject(value)) {
      throw new FieldTypeError(`json: cannot unmarshal ${jsonKind(value)} into ${place}`);
    }
    this.object = value ?? {};
  }

  /** Returns a string field, "" when it is absent or null. */
  text(key: string): string {
    const value = this.#get(key);
    if (value === undefined || value === null) return "";
    return this.#asText(key, value);
  }

  /** Returns a boolean field, false when it is absent or null. */
  flag(key: string): boolean {
    const value = this.#get(key) ?? false;
    if (typeof value !== "boolean") throw this.#wrongType(key, value, "bool");
    return value;
  }

  /** Returns a list of strings, empty when it is absent or null. */
  texts(key: string): string[] {
    return (this.list(key) ?? []).map((item) => (item === null ? "" : this.#asText(key, item)));
  }

  /** Returns a map of strings, undefined when it is absent or null. */
  textMap(key: string): ReadonlyMap<string, string> | undefined {
    const value = this.#get(key);
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value)) throw this.#wrongType(key, value, "map[string]string");
    return new Map(
      Object.entries(value).map(([name, text]) => [name, text === null ? "" : this.#asText(key, text)] as const),
    );
  }

  /** Returns the items of a list, undefined when it is absent or null. */
  list(key: string): readonly JsonValue[] | undefined {
    const value = this.#get(key);
    if (value === undefined || value === null) return undefined;
    if (!isList(value)) throw this.#wrongType(key, value, "[]string");
    return value;
  }

  /** Keys match whatever their case, as in `encoding/json`. */
  #get(key: string): JsonValue | undefined {
    if (Object.hasOwn(this.object, key)) return this.object[key];
    const lower = key.toLowerCase();
    const found = Object.keys(this.object).find((name) => name.toLowerCase() === lower);
    return found === undefined ? undefined : this.object[found];
  }

  #asText(key: string, value: JsonValue): string {
    if (typeof value === "string") return value;
    if (typeof value === "boolean" || typeof value === "bigint") return String(value);
    if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatGoFloat(value, { bits: 64 });
    throw this.#wrongType(key, value, "string");
  }

  #wrongType(key: string, value: JsonValue, wanted: string): FieldTypeError {
    return new FieldTypeError(
      `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${this.#struct.replace(/^[^.]+\./, "")}.${key} of type ${wanted}`,
    );
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function jsonKind(value: JsonValue): string {
  if (isList(value)) return "array";
  if (value !== null && typeof value === "object") return "object";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "number";
}
