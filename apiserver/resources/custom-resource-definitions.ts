import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { resourceKey } from "../storage/object-store.ts";
import type { ApiObject } from "./api-object.ts";
import { createCustomRegistry } from "./custom-resource-schema.ts";
import { fieldAt } from "./json-fields.ts";
import { parseJsonPath } from "./json-path.ts";
import { textOf } from "./json-text.ts";
import type { OpenApiSchema, SchemaRegistry } from "./open-api-schema.ts";
import {
  allVerbs,
  type PrinterColumn,
  type ResourceDefinition,
  type ResourceNames,
  type Subresource,
} from "./resource-definition.ts";

/** What custom kinds are served with. */
export interface CustomKindOptions {
  readonly store: ObjectStore;
  /** Where `ObjectMeta` is found: the registry of built-in kinds. */
  readonly base: SchemaRegistry;
}

/** Returns what a CustomResourceDefinition defines: one resource for each version that it serves. */
export function customKinds(definition: ApiObject, options: CustomKindOptions): readonly ResourceDefinition[] {
  const group = textOf(fieldAt(definition, "spec", "group"));
  const versions = listOf(fieldAt(definition, "spec", "versions")).filter(({ served }) => served === true);
  const kind = textOf(fieldAt(definition, "spec", "names", "kind"));
  const schemas = createCustomRegistry({
    group,
    kind,
    versions: versions.map((version) => ({ version: textOf(version["name"]), schema: schemaOfVersion(version) })),
    base: options.base,
  });
  return versions.map((version) => {
    const names = namesOf(definition, group, textOf(version["name"]));
    return {
      type: "stored",
      names,
      store: options.store,
      storageKey: resourceKey(group, names.plural),
      schema: schemas.forKind(group, names.version, kind),
      verbs: allVerbs,
      subresources: subresourcesOf(version),
      printerColumns: columnsOf(version),
      strategy: {},
      builtIn: false,
      tracksGeneration: true,
      selectableFields: listOf(version["selectableFields"]).map(({ jsonPath }) => textOf(jsonPath).replace(/^\./, "")),
      warning: warningOf(version, names),
    };
  });
}

function schemaOfVersion(version: JsonObject): OpenApiSchema {
  const schema = fieldAt(version, "schema", "openAPIV3Schema");
  // Checked against the schema of CustomResourceDefinitions when it was stored.
  return isJsonObject(schema) ? schema : { type: "object" };
}

function namesOf(definition: ApiObject, group: string, version: string): ResourceNames {
  const names = fieldAt(definition, "spec", "names");
  const read = (name: string): string => textOf(fieldAt(names, name));
  const kind = read("kind");
  return {
    group,
    version,
    plural: read("plural"),
    singular: read("singular") === "" ? kind.toLowerCase() : read("singular"),
    kind,
    listKind: read("listKind") === "" ? `${kind}List` : read("listKind"),
    shortNames: textsOf(fieldAt(names, "shortNames")),
    categories: textsOf(fieldAt(names, "categories")),
    namespaced: fieldAt(definition, "spec", "scope") === "Namespaced",
  };
}

function subresourcesOf(version: JsonObject): Readonly<Record<string, Subresource>> {
  const { status, scale } = {
    status: fieldAt(version, "subresources", "status"),
    scale: fieldAt(version, "subresources", "scale"),
  };
  const selectorPath = textOf(fieldAt(scale, "labelSelectorPath"));
  return {
    ...(isJsonObject(status) ? { status: { type: "status" as const } } : {}),
    ...(isJsonObject(scale)
      ? {
          scale: {
            type: "scale" as const,
            specReplicasPath: textOf(scale["specReplicasPath"]),
            statusReplicasPath: textOf(scale["statusReplicasPath"]),
            labelSelectorPath: selectorPath === "" ? undefined : selectorPath,
          },
        }
      : {}),
  };
}

const age: PrinterColumn = {
  name: "Age",
  type: "date",
  description:
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  cell: ({ metadata }) => metadata.creationTimestamp ?? undefined,
};

function columnsOf(version: JsonObject): readonly PrinterColumn[] {
  const columns = listOf(version["additionalPrinterColumns"]);
  return columns.length === 0 ? [age] : columns.map(columnOf);
}

function columnOf({ name, type, format, description, priority, jsonPath }: JsonObject): PrinterColumn {
  const path = textOf(jsonPath);
  const read = parseJsonPath(path);
  const columnType = textOf(type);
  return {
    name: textOf(name),
    type: columnType,
    format: textOf(format),
    description:
      description === undefined
        ? `Custom resource definition column (in JSONPath format): ${path}`
        : textOf(description),
    priority: typeof priority === "number" ? priority : 0,
    cell: (object) => cellOf(read(object)[0], columnType),
  };
}

/** A value of another type than its column is left empty (pkg/registry/customresource/tableconvertor). */
function cellOf(value: JsonValue | undefined, type: string): JsonValue | undefined {
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : typeof value === "bigint" ? value : undefined;
    case "number":
      return typeof value === "number" || typeof value === "bigint" ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "date":
      return typeof value === "string" ? value : undefined;
    default:
      return printed(value);
  }
}

function printed(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function warningOf(version: JsonObject, { group, kind }: ResourceNames): string | undefined {
  if (version["deprecated"] !== true) return undefined;
  const given = textOf(version["deprecationWarning"]);
  return given === "" ? `${group}/${textOf(version["name"])} ${kind} is deprecated` : given;
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
