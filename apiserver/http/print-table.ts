import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { badRequest } from "../resources/api-error.ts";
import type { ApiObject } from "../resources/api-object.ts";
import { formatAge } from "../resources/format-age.ts";
import { quoteGoString } from "../resources/go-text.ts";
import type { PrinterColumn } from "../resources/resource-definition.ts";
import { metadataOnly } from "./present-metadata.ts";

/** What a table shows and how. */
export interface TableRequest {
  readonly columns: readonly PrinterColumn[];
  /** Version of meta.k8s.io. */
  readonly version: string;
  /** `None`, `Metadata` (default) or `Object`: what each row carries besides its cells. */
  readonly includeObject: string;
  readonly nowMs: number;
}

const nameDescription =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a " +
  "client to request the generation of an appropriate name automatically. Name is primarily intended for creation " +
  "idempotence and configuration definition. Cannot be updated. More info: " +
  "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

/** Returns objects as a `meta.k8s.io` Table, names first; throws 400 for an unknown `includeObject`. */
export function printTable(objects: readonly ApiObject[], request: TableRequest, metadata: JsonObject): JsonObject {
  const definitions = [
    { name: "Name", type: "string", format: "name", description: nameDescription, priority: 0 },
    ...request.columns.map(({ name, type, format = "", description = "", priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  ];
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${request.version}`,
    metadata,
    columnDefinitions: definitions,
    rows: objects.map((object) => rowOf(object, request)),
  };
}

function rowOf(object: ApiObject, request: TableRequest): JsonObject {
  const cells = request.columns.map((column) => cellOf(object, column, request.nowMs));
  return { cells: [object.metadata.name ?? "", ...cells], ...rowObject(object, request) };
}

function cellOf(object: ApiObject, column: PrinterColumn, nowMs: number): JsonValue {
  const value = column.cell(object, nowMs);
  if (column.type !== "date") return value ?? null;
  return typeof value === "string" ? formatAge(value, nowMs) : "<unknown>";
}

function rowObject(
  object: ApiObject,
  { includeObject, version }: TableRequest,
): { readonly object: JsonObject | null } {
  switch (includeObject) {
    case "None":
      return { object: null };
    case "":
    case "Metadata":
      return { object: metadataOnly(object, version) };
    case "Object":
      return { object };
    default:
      throw badRequest(`unrecognized includeObject value: ${quoteGoString(includeObject)}`);
  }
}
