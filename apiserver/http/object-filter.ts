import type { ApiObject } from "../resources/api-object.ts";
import { badRequest } from "../resources/api-error.ts";
import { parseFieldSelector } from "../resources/field-selector.ts";
import { quoteGoString } from "../resources/go-text.ts";
import { fieldAt } from "../resources/json-fields.ts";
import { parseLabelSelector } from "../resources/label-selector.ts";
import type { ResourceDefinition } from "../resources/resource-definition.ts";
import type { ObjectFilter } from "../storage/object-store.ts";

/** Selectors of a query. */
export interface Selectors {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/**
 * Returns what selects objects by labels and fields, undefined when everything is selected. Throws 400 for selectors that
 * cannot be read and for fields that the kind does not offer.
 */
export function objectFilterOf(selectors: Selectors, definition: ResourceDefinition): ObjectFilter | undefined {
  const labels = parseLabelSelector(selectors.labelSelector);
  const fields = parseFieldSelector(selectors.fieldSelector);
  if (labels.requirements.length === 0 && fields.requirements.length === 0) return undefined;
  const known = knownFields(definition);
  for (const { field } of fields.requirements) {
    if (known.includes(field)) continue;
    if (!definition.builtIn) throw badRequest(`field label not supported: ${field}`);
    const names = known.map(quoteGoString).join(", ");
    throw badRequest(`${quoteGoString(field)} is not a known field selector: only ${names}`);
  }
  const paths = fields.requirements.map(({ field }) => [field, field.split(".")] as const);
  const fieldsOf = (object: ApiObject): Readonly<Record<string, string>> =>
    Object.fromEntries(paths.map(([field, path]) => [field, textOf(fieldAt(object, ...path))]));
  return {
    labels: exactLabels(labels.requirements),
    fields: Object.fromEntries(
      fields.requirements.filter(({ operator }) => operator === "=").map(({ field, value }) => [field, value]),
    ),
    matches: (object) =>
      labels.matches(object.metadata.labels) && (paths.length === 0 || fields.matches(fieldsOf(object))),
  };
}

function knownFields({ names, selectableFields }: ResourceDefinition): readonly string[] {
  return ["metadata.name", ...(names.namespaced ? ["metadata.namespace"] : []), ...selectableFields];
}

function exactLabels(
  requirements: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    requirements.flatMap(({ key, operator, values: [value] }) =>
      (operator === "=" || operator === "==") && value !== undefined ? [[key, value]] : [],
    ),
  );
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : "";
}
