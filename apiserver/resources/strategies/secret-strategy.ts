import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { plainFault, valueFault, type FieldError } from "../field-error.ts";
import { jsonEqual, withoutFields } from "../json-fields.ts";
import type { ResourceStrategy } from "../resource-definition.ts";
import { textMap } from "../json-text.ts";

/** `stringData` becomes `data`; the type of a Secret and the content of an immutable one stay. */
export const secretStrategy: ResourceStrategy = {
  prepareForCreate: mergeStringData,
  prepareForUpdate: mergeStringData,
  validateUpdate: (secret, previous) => [
    ...(secret["type"] === previous["type"] ? [] : [immutable("type", secret["type"])]),
    ...immutableDataFaults(secret, previous),
  ],
};

/** The content of an immutable ConfigMap stays. */
export const configMapStrategy: ResourceStrategy = { validateUpdate: immutableDataFaults };

function mergeStringData(secret: ApiObject): ApiObject {
  const { stringData } = secret;
  if (!isJsonObject(stringData)) return secret;
  const encoded = Object.entries(textMap(stringData)).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  const data: JsonObject = { ...(isJsonObject(secret["data"]) ? secret["data"] : {}), ...Object.fromEntries(encoded) };
  const { apiVersion, kind, metadata } = secret;
  return { ...withoutFields(secret, "stringData"), apiVersion, kind, metadata, data };
}

function immutableDataFaults(object: ApiObject, previous: ApiObject): readonly FieldError[] {
  if (previous["immutable"] !== true) return [];
  return [
    ...(object["immutable"] === true ? [] : [immutableData("immutable")]),
    ...["data", "binaryData"].filter((field) => !jsonEqual(object[field], previous[field])).map(immutableData),
  ];
}

function immutable(field: string, value: ApiObject[string] | undefined): FieldError {
  return valueFault("FieldValueInvalid", field, { value: value ?? null, detail: "field is immutable" });
}

function immutableData(field: string): FieldError {
  return plainFault("FieldValueForbidden", field, "field is immutable when `immutable` is set");
}
