import { parseJson } from "../../../codec/parse-json.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import { readWire } from "./read-wire.ts";

/** Decodes a message whose JSON is no object of its fields. */
type Decoder = (bytes: Buffer) => JsonValue;

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

const decoders: Readonly<Record<string, Decoder>> = {
  [`${meta}Time`]: (bytes) => time(bytes, 0),
  [`${meta}MicroTime`]: (bytes) => time(bytes, 6),
  [`${meta}Duration`]: (bytes) => `${Number(numberOf(bytes, 1)) / 1e9}s`,
  [`${meta}FieldsV1`]: embeddedJson,
  "io.k8s.apimachinery.pkg.api.resource.Quantity": (bytes) => textOf(bytes, 1),
  "io.k8s.apimachinery.pkg.runtime.RawExtension": embeddedJson,
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": (bytes) =>
    numberOf(bytes, 1) === 0n ? Number(numberOf(bytes, 2)) : textOf(bytes, 3),
  [`${extensions}JSON`]: embeddedJson,
};

/** Returns how a type of this OpenAPI name is decoded when it is one of those with a form of its own. */
export function wellKnownDecoder(name: string): Decoder | undefined {
  return Object.hasOwn(decoders, name) ? decoders[name] : undefined;
}

function time(bytes: Buffer, digits: number): JsonValue {
  if (bytes.length === 0) return null;
  const seconds = Number(numberOf(bytes, 1));
  const base = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = digits === 0 ? "" : `.${String(Number(numberOf(bytes, 2)) / 1000).padStart(digits, "0")}`;
  return `${base}${fraction}Z`;
}

function embeddedJson(bytes: Buffer): JsonValue {
  const text = textOf(bytes, 1);
  return text === "" ? null : parseJson(text);
}

function numberOf(bytes: Buffer, wanted: number): bigint {
  const value = readWire(bytes).find(({ number }) => number === wanted)?.value;
  return typeof value === "bigint" ? value : 0n;
}

function textOf(bytes: Buffer, wanted: number): string {
  const value = readWire(bytes).find(({ number }) => number === wanted)?.value;
  return Buffer.isBuffer(value) ? value.toString("utf8") : "";
}
