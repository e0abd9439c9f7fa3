import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { badRequest, invalidObject } from "../api-error.ts";
import { valueFault } from "../field-error.ts";
import { fieldAt } from "../json-fields.ts";
import { isApiObject, parseGroupVersion, type ApiObject } from "../api-object.ts";
import type { KindSchema } from "../open-api-schema.ts";
import { applyBuiltInDefaults } from "../built-in-defaults/apply-built-in-defaults.ts";
import { printGoJson, quoteGoString } from "../go-text.ts";
import type { ResourceDefinition } from "../resource-definition.ts";
import { defaultFields } from "../schema/default-fields.ts";
import { findTypeFault } from "../schema/find-type-fault.ts";
import { pruneFields } from "../schema/prune-fields.ts";
import { apiVersionOf, schemaOf, type WriteRequest } from "./write-request.ts";

/** A body as it was read, with what the parser already noticed. */
export interface RawObject {
  readonly value: JsonValue;
  /** Paths of keys given twice, for field validation. */
  readonly duplicateFields?: readonly string[];
}

/** What decoding needs to know of a request. */
export interface DecodeRequest extends Pick<WriteRequest, "fieldValidation" | "warn"> {
  readonly definition: Pick<ResourceDefinition, "builtIn" | "names" | "schema">;
}

/**
 * Returns the object of a request body: of the right kind, pruned and defaulted by the kind's schema. Unknown fields are
 * dropped, and reported as the request's field validation says. Throws 400 as kube-apiserver words it.
 */
export function decodeObject(raw: RawObject, request: DecodeRequest): ApiObject {
  const object = withKind(raw.value, request);
  return shapeObject(object, request, raw.duplicateFields ?? []);
}

/** Returns an object pruned and defaulted by its kind's schema; reports or refuses unknown and duplicate fields. */
export function shapeObject(
  object: JsonObject,
  request: DecodeRequest,
  duplicateFields: readonly string[] = [],
): ApiObject {
  const { definition } = request;
  const { kind, version } = definition.names;
  const schema = schemaOf(definition);
  const complaint = `${kind} in version ${quoteGoString(version)} cannot be handled as a ${kind}: `;
  const typeFault = definition.builtIn ? findTypeFault(object, schema, kind) : metadataFault(object, schema, kind);
  if (typeFault !== undefined) throw badRequest(complaint + typeFault);
  const pruned = pruneFields(object, schema, { builtIn: definition.builtIn });
  const problems = [
    ...pruned.unknownFields.map((path) => `unknown field ${quoteGoString(path)}`),
    ...duplicateFields.map((path) => `duplicate field ${quoteGoString(path)}`),
  ];
  if (problems.length > 0 && request.fieldValidation === "Strict") {
    throw badRequest(`${complaint}strict decoding error: ${problems.join(", ")}`);
  }
  if (request.fieldValidation === "Warn") problems.forEach((problem) => request.warn(problem));
  const isGoStruct = schema.goStructs === true;
  const known = isGoStruct ? pruned.value : defaultFields(pruned.value, schema);
  if (!isApiObject(known)) throw badRequest(`${complaint}json: cannot unmarshal into Go value`);
  return isGoStruct ? applyBuiltInDefaults(known, schema) : known;
}

/** Metadata is a Go struct in every kind. */
function metadataFault(object: JsonObject, schema: KindSchema, kind: string): string | undefined {
  const metadata = schema.root.properties?.["metadata"];
  if (metadata === undefined) return undefined;
  return findTypeFault(
    { metadata: object["metadata"] ?? {} },
    { ...schema, root: { type: "object", properties: { metadata } } },
    kind,
  );
}

function withKind(value: JsonValue, request: DecodeRequest): JsonObject {
  const { definition } = request;
  const { names } = definition;
  const apiVersion = apiVersionOf(definition);
  const expected = `the object provided is unrecognized (must be of type ${names.kind})`;
  if (!isJsonObject(value)) {
    throw badRequest(
      `${expected}: couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${excerpt(value)})`,
    );
  }
  const { kind = names.kind, apiVersion: given = apiVersion, metadata = {}, ...rest } = value;
  if (kind !== names.kind || given !== apiVersion)
    throw wrongKind(request, {
      kind: textOf(kind),
      given: textOf(given),
      name: textOf(fieldAt(metadata, "name") ?? ""),
    });
  if (!isJsonObject(metadata)) {
    throw badRequest(
      `${names.kind} in version ${quoteGoString(names.version)} cannot be handled as a ${names.kind}: json: cannot unmarshal ${typeof metadata} into Go struct field ${names.kind}.metadata of type v1.ObjectMeta`,
    );
  }
  return { kind, apiVersion: given, metadata, ...rest };
}

interface FoundKind {
  readonly kind: string;
  readonly given: string;
  readonly name: string;
}

function wrongKind({ definition }: DecodeRequest, found: FoundKind): Error {
  const { kind, group } = definition.names;
  const version = found.given.slice(found.given.lastIndexOf("/") + 1);
  if (definition.builtIn) {
    const internal = group === "" ? "core" : (group.split(".")[0] ?? group);
    return badRequest(
      `${found.kind} in version ${quoteGoString(version)} cannot be handled as a ${kind}: converting (${version}.${found.kind}) to (${internal}.${kind}): unknown conversion`,
    );
  }
  const expected = apiVersionOf(definition);
  const faults = [
    ...(found.given === expected
      ? []
      : [valueFault("FieldValueInvalid", "apiVersion", { value: found.given, detail: `must be ${expected}` })]),
    ...(found.kind === kind
      ? []
      : [valueFault("FieldValueInvalid", "kind", { value: found.kind, detail: `must be ${kind}` })]),
  ];
  return invalidObject({ group: parseGroupVersion(found.given).group, kind: found.kind }, found.name, faults);
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : printGoJson(value);
}

function excerpt(value: JsonValue): string {
  return printGoJson(value).slice(0, 100);
}
