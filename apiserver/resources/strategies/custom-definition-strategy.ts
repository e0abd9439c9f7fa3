import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { plainFault, valueFault, type FieldError } from "../field-error.ts";
import { fieldAt } from "../json-fields.ts";
import { parseJsonPath } from "../json-path.ts";
import { textOf } from "../json-text.ts";
import type { ResourceStrategy } from "../resource-definition.ts";

/** Holds a CustomResourceDefinition until its objects are gone. */
export const customCleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/** Fills in names, keeps group, kind and scope, and refuses definitions that could not be served. */
export const customDefinitionStrategy: ResourceStrategy = {
  prepareForCreate: withNames,
  prepareForUpdate: withNames,
  // The finalizer comes with the deletion, as in customresourcedefinition/etcd.go.
  holdsRemoval: ({ metadata }) => metadata.deletionTimestamp === undefined,
  prepareForDelete: (definition) => {
    const finalizers = new Set([...(definition.metadata.finalizers ?? []), customCleanupFinalizer]);
    return { ...definition, metadata: { ...definition.metadata, finalizers: [...finalizers] } };
  },
  validateCreate: definitionFaults,
  validateUpdate: (definition, previous) => [
    ...definitionFaults(definition),
    ...immutableFaults(definition, previous, ["spec", "group"]),
    ...immutableFaults(definition, previous, ["spec", "scope"]),
    ...immutableFaults(definition, previous, ["spec", "names", "kind"]),
    ...immutableFaults(definition, previous, ["spec", "names", "plural"]),
  ],
};

function withNames(definition: ApiObject): ApiObject {
  const spec = objectOf(definition["spec"]);
  const names = objectOf(spec["names"]);
  const kind = textOf(names["kind"]);
  const singular = textOf(names["singular"]) === "" ? kind.toLowerCase() : textOf(names["singular"]);
  const listKind = textOf(names["listKind"]) === "" ? `${kind}List` : textOf(names["listKind"]);
  return { ...definition, spec: { ...spec, names: { ...names, singular, listKind } } };
}

function definitionFaults(definition: ApiObject): readonly FieldError[] {
  const { name = "" } = definition.metadata;
  const group = textOf(fieldAt(definition, "spec", "group"));
  const plural = textOf(fieldAt(definition, "spec", "names", "plural"));
  const detail = 'must be spec.names.plural+"."+spec.group';
  const versions = fieldAt(definition, "spec", "versions");
  const list = Array.isArray(versions) ? versions.filter(isJsonObject) : [];
  return [
    ...(name === `${plural}.${group}`
      ? []
      : [valueFault("FieldValueInvalid", "metadata.name", { value: name, detail })]),
    ...storageFaults(list),
    ...list.flatMap(versionFaults),
  ];
}

function storageFaults(versions: readonly JsonObject[]): readonly FieldError[] {
  if (versions.filter(({ storage }) => storage === true).length === 1) return [];
  const detail = "must have exactly one version marked as storage version";
  return [valueFault("FieldValueInvalid", "spec.versions", { value: [...versions], detail })];
}

function versionFaults(version: JsonObject, index: number): readonly FieldError[] {
  const path = `spec.versions[${index}]`;
  const schema = fieldAt(version, "schema", "openAPIV3Schema");
  const columns = version["additionalPrinterColumns"];
  return [
    ...(isJsonObject(schema) ? [] : [plainFault("FieldValueRequired", `${path}.schema.openAPIV3Schema`)]),
    ...(Array.isArray(columns) ? columns.filter(isJsonObject) : []).flatMap(({ jsonPath }, column) =>
      pathFaults(textOf(jsonPath), `${path}.additionalPrinterColumns[${column}].jsonPath`),
    ),
  ];
}

function pathFaults(path: string, field: string): readonly FieldError[] {
  try {
    parseJsonPath(path);
    return [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [valueFault("FieldValueInvalid", field, { value: path, detail: error.message })];
  }
}

function immutableFaults(definition: ApiObject, previous: ApiObject, path: readonly string[]): readonly FieldError[] {
  const value = fieldAt(definition, ...path) ?? null;
  if (value === (fieldAt(previous, ...path) ?? null)) return [];
  return [valueFault("FieldValueInvalid", path.join("."), { value, detail: "field is immutable" })];
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
