import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { badRequest } from "../../resources/api-error.ts";
import { builtInDefinitions, builtInSchemas } from "../../resources/built-in-schemas.ts";
import { parseGroupVersion } from "../../resources/api-object.ts";
import type { OpenApiSchema } from "../../resources/open-api-schema.ts";
import { fieldNumbers, type FieldNumbers } from "./field-numbers.ts";
import { readWire } from "./read-wire.ts";
import { wellKnownDecoder } from "./well-known-types.ts";

/** Media type in which client-go's typed clients, and so some kubectl commands, send built-in kinds. */
export const protobufMediaType = "application/vnd.kubernetes.protobuf";

const deleteOptionsType = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

/** What every protobuf body begins with. */
const magic = Buffer.from("k8s\0", "latin1");

/** Returns the object of a protobuf body (`runtime.Unknown` after four magic bytes); throws 400 for what is none. */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  try {
    return decodeUnknown(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badRequest(`the object provided is unrecognized: ${error.message}`);
  }
}

function decodeUnknown(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw new RangeError("the body does not begin with the protobuf prefix");
  }
  const envelope = new Map(readWire(bytes.subarray(magic.length)).map(({ number, value }) => [number, value]));
  const typeMeta = new Map(readWire(bytesOf(envelope.get(1))).map(({ number, value }) => [number, value]));
  const apiVersion = bytesOf(typeMeta.get(1)).toString("utf8");
  const kind = bytesOf(typeMeta.get(2)).toString("utf8");
  const { typeName, root } = typeOf(apiVersion, kind);
  return { kind, apiVersion, ...decodeMessage(bytesOf(envelope.get(2)), typeName, root) };
}

function typeOf(apiVersion: string, kind: string): { readonly typeName: string; readonly root: OpenApiSchema } {
  // DeleteOptions belongs to every group, and so to none.
  const options = builtInDefinitions()[deleteOptionsType];
  if (kind === "DeleteOptions" && options !== undefined) return { typeName: deleteOptionsType, root: options };
  const { group, version } = parseGroupVersion(apiVersion);
  const known = builtInSchemas().forKind(group, version, kind);
  if (known?.typeName !== undefined) return { typeName: known.typeName, root: known.root };
  throw new RangeError(`no protobuf form of ${apiVersion} ${kind} is known`);
}

function decodeMessage(bytes: Buffer, typeName: string, schema: OpenApiSchema): JsonObject {
  return decodeFields(bytes, fieldNumbers().get(typeName) ?? {}, builtInSchemas().resolve(schema));
}

function decodeFields(bytes: Buffer, numbers: FieldNumbers, schema: OpenApiSchema): JsonObject {
  const decoded = new Map<string, JsonValue>();
  for (const { number, value } of readWire(bytes)) {
    const name = numbers[String(number)];
    if (name === undefined) continue;
    if (typeof name === "object") {
      for (const [inner, field] of Object.entries(decodeFields(bytesOf(value), name, schema)))
        decoded.set(inner, field);
      continue;
    }
    const property = schema.properties?.[name];
    if (property !== undefined) decoded.set(name, decodeField(value, property, decoded.get(name)));
  }
  return Object.fromEntries(decoded);
}

/** Returns a field's value; that of a list or map is `before` with one more entry. */
function decodeField(value: Buffer | bigint, property: OpenApiSchema, before: JsonValue | undefined): JsonValue {
  const reference = property.$ref ?? property.allOf?.[0]?.$ref;
  if (reference !== undefined) return decodeReference(bytesOf(value), reference, property);
  if (property.type === "array") {
    const items: readonly JsonValue[] = Array.isArray(before) ? before : [];
    return [...items, decodeField(value, property.items ?? {}, undefined)];
  }
  if (typeof property.additionalProperties === "object") {
    const [key, entry] = decodeEntry(bytesOf(value), property.additionalProperties);
    return { ...(isJsonObject(before) ? before : {}), [key]: entry };
  }
  return decodeScalar(value, property);
}

function decodeReference(bytes: Buffer, reference: string, property: OpenApiSchema): JsonValue {
  const typeName = reference.slice(reference.lastIndexOf("/") + 1);
  const decode = wellKnownDecoder(typeName);
  if (decode !== undefined) return decode(bytes);
  const resolved = builtInSchemas().resolve(property);
  if (resolved.properties !== undefined) return decodeMessage(bytes, typeName, property);
  return decodeField(bytes, { ...resolved }, undefined);
}

/** A map entry is a message of key and value; a missing value is an empty message. */
function decodeEntry(bytes: Buffer, schema: OpenApiSchema): readonly [string, JsonValue] {
  const fields = new Map(readWire(bytes).map(({ number, value }) => [number, value]));
  const value = fields.get(2) ?? Buffer.alloc(0);
  const key = bytesOf(fields.get(1)).toString("utf8");
  if (schema.type !== "array") return [key, decodeField(value, schema, undefined)];
  // A list as the value of a map is a message with the items as its field 1.
  const items = readWire(bytesOf(value)).map((item) => decodeField(item.value, schema.items ?? {}, undefined));
  return [key, items];
}

function decodeScalar(value: Buffer | bigint, { type, format }: OpenApiSchema): JsonValue {
  if (Buffer.isBuffer(value)) return format === "byte" ? value.toString("base64") : value.toString("utf8");
  if (type === "boolean") return value !== 0n;
  if (type === "number") return doubleOf(value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function doubleOf(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, bits));
  return bytes.readDoubleLE();
}

function bytesOf(value: Buffer | bigint | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}
