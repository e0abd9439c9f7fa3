import type { JsonObject } from "../../codec/json-value.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { objectAt } from "./json-path.ts";

/** Annotations that programs leave for themselves: Rancher and Fleet, kubectl, Helm, and this import. */
const internalAnnotation =
  /^(?:[a-z0-9.-]+\.)?cattle\.io\/|^kubectl\.kubernetes\.io\/last-applied-configuration$|^meta\.helm\.sh\/|^drover\.dev\/import-/u;

/**
 * Returns an object as a person would write it: kind, name, namespace, labels, annotations of people, and its own fields.
 * What a server or a controller added is gone; labels stay, since selectors use them.
 */
export function cleanManifest(object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata: _metadata, status: _status, ...fields } = object;
  const { name, namespace } = objectAt(object, "metadata");
  const labels = objectAt(object, "metadata", "labels");
  const annotations = Object.fromEntries(
    Object.entries(objectAt(object, "metadata", "annotations")).filter(([key]) => !internalAnnotation.test(key)),
  );
  return {
    ...given({ apiVersion, kind }),
    metadata: given({ name, namespace, labels: nonEmpty(labels), annotations: nonEmpty(annotations) }),
    ...fields,
  };
}

function nonEmpty(map: JsonObject): JsonObject | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

/** Returns the fields that have a value. */
export function given(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const entries = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(entries);
}

/** Returns the object with other annotations besides its own. */
export function withAnnotations(object: JsonObject, annotations: Readonly<Record<string, string>>): JsonObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      annotations: { ...objectAt(object, "metadata", "annotations"), ...annotations },
    },
  };
}
