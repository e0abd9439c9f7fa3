import * as z from "zod";

import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import { floatValues } from "./float-values.ts";

/** Keys and indexes from the root to a value. */
export type ValuePath = readonly (string | number)[];

/** A value of the wrong type; Go's decoder refuses the whole file for it. */
export interface TypeFault {
  readonly path: ValuePath;
  readonly message: string;
}

/** A key that no field of its object has. */
export interface UnknownKey {
  readonly path: ValuePath;
  readonly value: JsonValue;
  /** Names of the fields that the object has. */
  readonly known: readonly string[];
}

/** What decoding found besides the value. */
export interface DecodeNotes {
  readonly faults: TypeFault[];
  readonly unknown: UnknownKey[];
  /** Keys that name a field for the second time, in another letter case. */
  readonly repeated: ValuePath[];
}

/** How Go's decoder treats a place of the document. */
export interface DecodeRules {
  /** Returns whether a number or boolean at this path becomes text instead of being refused. */
  readonly coerces: (path: ValuePath) => boolean;
}

interface Decoding extends DecodeNotes, DecodeRules {}

/**
 * Returns a value read by a schema the way Go's encoding/json reads into structs: keys without regard to case (an equal
 * one first), null as absent, unknown keys left out. Wrong types and unknown keys go to the notes, all of them.
 */
export function decodeLenient(
  schema: z.core.$ZodType,
  value: JsonValue,
  rules: DecodeRules,
): { value: JsonValue | undefined } & DecodeNotes {
  const decoding: Decoding = { ...rules, faults: [], unknown: [], repeated: [] };
  const decoded = decode(schema, value, { decoding, path: [] });
  return { value: decoded, faults: decoding.faults, unknown: decoding.unknown, repeated: decoding.repeated };
}

interface Place {
  readonly decoding: Decoding;
  readonly path: ValuePath;
}

/** Returns the schema without optional and read-only wrappers. */
export function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodExactOptional || inner instanceof z.ZodOptional || inner instanceof z.ZodNullable)
    inner = inner.unwrap();
  return inner;
}

function decode(schema: z.core.$ZodType, value: JsonValue, place: Place): JsonValue | undefined {
  if (value === null) return undefined;
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodObject) return decodeObject(inner, value, place);
  if (inner instanceof z.ZodArray) return decodeList(inner, value, place);
  if (inner instanceof z.ZodRecord) return decodeMap(inner, value, place);
  if (inner instanceof z.ZodString) return decodeString(value, place);
  if (inner instanceof z.ZodBoolean) return typeof value === "boolean" ? value : refuse("true or false", value, place);
  if (inner instanceof z.ZodNumber) return Number.isInteger(value) ? value : refuse("a whole number", value, place);
  if (inner instanceof z.ZodUnion) {
    return typeof value === "string" || Number.isInteger(value)
      ? value
      : refuse("a whole number or a percentage", value, place);
  }
  if (!isJsonObject(value)) return refuse("a map", value, place);
  return place.path.some((part) => part === "handlebars") ? value : floatValues(value);
}

function refuse(expected: string, value: JsonValue, { decoding, path }: Place): undefined {
  decoding.faults.push({ path, message: `${showPath(path)} must be ${expected}, not ${nameType(value)}` });
  return undefined;
}

function nameType(value: JsonValue): string {
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a map";
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return `${value} (quote it to make it text)`;
}

/** Returns a path as people write it: `targets[0].helm.values`. */
export function showPath(path: ValuePath): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  return text === "" ? "the file" : text.replace(/^\./u, "");
}

function decodeString(value: JsonValue, place: Place): JsonValue | undefined {
  if (typeof value === "string") return value;
  const scalar = typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
  if (scalar && place.decoding.coerces(place.path)) return String(value);
  return refuse("text", value, place);
}

interface Fields {
  readonly known: readonly string[];
  /** By name and by name in lower case. */
  readonly byFolded: ReadonlyMap<string, { readonly name: string; readonly field: z.core.$ZodType }>;
  /** Texts that the schema demands. */
  readonly required: readonly string[];
}

const fieldTables = new WeakMap<z.ZodObject, Fields>();

function fieldsOf(schema: z.ZodObject): Fields {
  const known = fieldTables.get(schema);
  if (known !== undefined) return known;
  const entries = Object.entries(schema.shape).map(([name, field]) => ({
    name,
    field: unwrapSchema(field),
    isText: field instanceof z.ZodString,
  }));
  const fields: Fields = {
    known: entries.map(({ name }) => name),
    byFolded: new Map(
      entries.flatMap(({ name, field }) => [
        [name.toLowerCase(), { name, field }] as const,
        [name, { name, field }] as const,
      ]),
    ),
    required: entries.filter(({ isText }) => isText).map(({ name }) => name),
  };
  fieldTables.set(schema, fields);
  return fields;
}

function decodeObject(schema: z.ZodObject, value: JsonValue, place: Place): JsonValue | undefined {
  if (!isJsonObject(value)) return refuse("a map", value, place);
  const { known, byFolded, required } = fieldsOf(schema);
  const result: Record<string, JsonValue> = {};
  for (const key of Object.keys(value).toSorted()) {
    const item = value[key] ?? null;
    const path = [...place.path, key];
    const found = byFolded.get(key) ?? byFolded.get(key.toLowerCase());
    if (found === undefined) {
      place.decoding.unknown.push({ path, value: item, known });
      continue;
    }
    const { name, field } = found;
    const decoded = decode(field, item, { ...place, path });
    if (decoded === undefined) continue;
    const before = result[name];
    if (before !== undefined) place.decoding.repeated.push(path);
    result[name] = isJsonObject(before) && isJsonObject(decoded) ? { ...before, ...decoded } : decoded;
  }
  // Go has no required fields: a text that is not there is empty.
  for (const name of required) result[name] ??= "";
  return result;
}

function decodeList(schema: z.ZodArray, value: JsonValue, place: Place): JsonValue | undefined {
  if (!Array.isArray(value)) return refuse("a list", value, place);
  const element = unwrapSchema(schema.element);
  const empty = element instanceof z.ZodString ? "" : {};
  return value.map(
    (item: JsonValue, index) => decode(element, item, { ...place, path: [...place.path, index] }) ?? empty,
  );
}

function decodeMap(schema: z.ZodRecord, value: JsonValue, place: Place): JsonValue | undefined {
  if (!isJsonObject(value)) return refuse("a map", value, place);
  const entries = Object.entries(value).map(
    ([key, item]) => [key, decode(schema.valueType, item, { ...place, path: [...place.path, key] }) ?? ""] as const,
  );
  return Object.fromEntries(entries);
}
