import { createHash } from "node:crypto";
import { CodecError } from "../../codec/codec-error.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import { fn, type GoFunction } from "../template/go-function.ts";
import { fromBytes, toBytes } from "../template/go-string.ts";
import { GoPanic, type GoValue, isGoMap, nilMap, nilSlice } from "../template/go-value.ts";
import { decodeBase32, decodeBase64, encodeBase32 } from "./base-encoding.ts";
import { sha256 } from "./crypto/sha256.ts";
import { findGoJsonFault } from "./json-fault.ts";
import { printGoJson } from "./json-text.ts";
import { fromPlainValue } from "./plain-value.ts";
import { prettyYamlText } from "./pretty-yaml-text.ts";
import { yamlText } from "./yaml-text.ts";

const compactJson = { escapeHtml: true, pretty: false } as const;

/** Runs a printer and gives the empty text where Go swallows the error. */
function orEmpty(print: () => string): string {
  try {
    return print();
  } catch (error) {
    if (error instanceof GoPanic) return "";
    throw error;
  }
}

function readYaml(text: string): GoValue {
  const document = parseFirstYaml(text);
  return document === undefined ? null : fromPlainValue(document.value);
}

function readJson(text: string): GoValue {
  const fault = findGoJsonFault(text);
  if (fault !== undefined) throw new GoPanic(fault);
  return fromPlainValue(parseJson(text));
}

function errorText(error: unknown): string {
  if (error instanceof CodecError) return `error converting YAML to JSON: ${error.go ?? `yaml: ${error.message}`}`;
  if (error instanceof GoPanic) return error.message;
  throw error;
}

function asMap(read: () => GoValue, kind: string): GoValue {
  try {
    const value = read();
    if (value === null) return kind === "json" ? nilMap() : new Map();
    if (isGoMap(value)) return value;
    return new Map([["Error", mismatch(value, kind, "map[string]interface {}")]]);
  } catch (error) {
    return new Map([["Error", errorText(error)]]);
  }
}

function asList(read: () => GoValue, kind: string): GoValue {
  try {
    const value = read();
    if (value === null) return kind === "json" ? nilSlice() : [];
    if (Array.isArray(value)) return value;
    return [mismatch(value, kind, "[]interface {}")];
  } catch (error) {
    return [errorText(error)];
  }
}

function mismatch(value: GoValue, kind: string, wanted: string): string {
  const found = isGoMap(value)
    ? "object"
    : Array.isArray(value)
      ? "array"
      : typeof value === "boolean"
        ? "bool"
        : typeof value;
  const prefix = kind === "yaml" ? "error unmarshaling JSON: while decoding JSON: " : "";
  return `${prefix}json: cannot unmarshal ${found} into Go value of type ${wanted}`;
}

function hex(algorithm: string, text: string): string {
  return createHash(algorithm).update(toBytes(text)).digest("hex");
}

function adler32(text: string): string {
  let a = 1;
  let b = 0;
  for (const byte of toBytes(text)) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return String(b * 65536 + a);
}

/** Texts in other forms: JSON, YAML, base 64 and 32, check sums. */
export const encodingFunctions: Readonly<Record<string, GoFunction>> = {
  toYaml: fn(["any"], (value) => orEmpty(() => yamlText(value))),
  mustToYaml: fn(["any"], yamlText),
  toYamlPretty: fn(["any"], prettyYamlText),
  fromYaml: fn(["string"], (text) => asMap(() => readYaml(text), "yaml")),
  fromYamlArray: fn(["string"], (text) => asList(() => readYaml(text), "yaml")),
  toJson: fn(["any"], (value) => orEmpty(() => printGoJson(value, compactJson))),
  mustToJson: fn(["any"], (value) => printGoJson(value, compactJson)),
  toPrettyJson: fn(["any"], (value) => orEmpty(() => printGoJson(value, { escapeHtml: true, pretty: true }))),
  mustToPrettyJson: fn(["any"], (value) => printGoJson(value, { escapeHtml: true, pretty: true })),
  toRawJson: fn(["any"], (value) => printGoJson(value, { escapeHtml: false, pretty: false })),
  mustToRawJson: fn(["any"], (value) => printGoJson(value, { escapeHtml: false, pretty: false })),
  fromJson: fn(["string"], (text) => asMap(() => readJson(text), "json")),
  fromJsonArray: fn(["string"], (text) => asList(() => readJson(text), "json")),
  mustFromJson: fn(["string"], (text) => {
    try {
      return readJson(text);
    } catch (error) {
      throw new GoPanic(errorText(error), { cause: error });
    }
  }),
  b64enc: fn(["string"], (text) => Buffer.from(toBytes(text)).toString("base64")),
  b64dec: fn(["string"], (text) => {
    const decoded = decodeBase64(text);
    return typeof decoded === "string" ? decoded : fromBytes(decoded);
  }),
  b32enc: fn(["string"], (text) => encodeBase32(toBytes(text))),
  b32dec: fn(["string"], (text) => {
    const decoded = decodeBase32(text);
    return typeof decoded === "string" ? decoded : fromBytes(decoded);
  }),
  sha1sum: fn(["string"], (text) => hex("sha1", text)),
  sha256sum: fn(["string"], (text) => sha256(toBytes(text))),
  sha512sum: fn(["string"], (text) => hex("sha512", text)),
  adler32sum: fn(["string"], adler32),
};
