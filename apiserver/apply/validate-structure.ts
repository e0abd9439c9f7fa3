import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { isJsonList } from "../resources/json-fields.ts";
import { printGoValue, quoteGoString } from "../resources/go-text.ts";
import { itemElement } from "./list-items.ts";
import { fieldElement, formatPathElement, indexElement, type PathElement } from "./path-element.ts";
import { narrowTo, type ListType, type MapType, type ScalarType, type StructureRef } from "./structure.ts";

/** How strictly an object is checked: stored ones may hold duplicates, an applied configuration may not. */
export interface ValidateOptions {
  readonly allowDuplicates: boolean;
}

/** Returns what does not fit the structure, worded as structured-merge-diff words it: `.spec.x: field not declared in schema`. */
export function validateStructure(value: JsonValue, type: StructureRef, options: ValidateOptions): readonly string[] {
  const structure = narrowTo(type(), value);
  if (structure.map !== undefined) return validateMap(value, structure.map, options);
  if (structure.scalar !== undefined) return validateScalar(value, structure.scalar);
  if (structure.list !== undefined) return validateList(value, structure.list, options);
  return [];
}

/** Returns the problems as one text, as Go prints them behind `failed to create typed patch object (…): `. */
export function formatProblems(problems: readonly string[]): string {
  return problems.length === 1 ? (problems[0] ?? "") : ["errors:", ...problems.map((text) => `  ${text}`)].join("\n");
}

function under(step: PathElement, problems: readonly string[]): string[] {
  return problems.map((text) => {
    const separator = text.startsWith(".") || text.startsWith("[") ? "" : ": ";
    return `${formatPathElement(step)}${separator}${text}`;
  });
}

function validateMap(value: JsonValue, type: MapType, options: ValidateOptions): readonly string[] {
  if (value === null) return [];
  if (!isJsonObject(value)) return [`expected map, got &{${printGoValue(value)}}`];
  const problems: string[] = [];
  for (const [name, field] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const ref = type.fields.get(name)?.type ?? type.element;
    if (ref === undefined) return [...problems, ...under(fieldElement(name), ["field not declared in schema"])];
    problems.push(...under(fieldElement(name), validateStructure(field, ref, options)));
  }
  return problems;
}

function validateList(value: JsonValue, type: ListType, options: ValidateOptions): readonly string[] {
  if (value === null) return [];
  if (!isJsonList(value)) return [`expected list, got &{${printGoValue(value)}}`];
  const problems: string[] = [];
  const seen = new Set<PathElement>();
  for (const [index, item] of value.entries()) {
    const found = type.atomic ? { element: indexElement(index) } : itemElement(type, item);
    if ("problem" in found) return [...problems, `element ${index}: ${found.problem}`];
    if (seen.has(found.element) && !options.allowDuplicates) {
      problems.push(`duplicate entries for key ${formatPathElement(found.element)}`);
    }
    seen.add(found.element);
    problems.push(...under(found.element, validateStructure(item, type.element, options)));
  }
  return problems;
}

function validateScalar(value: JsonValue, type: ScalarType): readonly string[] {
  if (value === null || type === typeName(value)) return [];
  const scalar = typeName(value) !== "other";
  switch (type) {
    case "numeric":
      return [`expected numeric (int or float), got ${goType(value)}`];
    case "string":
      return [`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`];
    case "boolean":
      return [`expected boolean, got &{${printGoValue(value)}}`];
    case "untyped":
      return scalar ? [] : [`expected any scalar, got &{${printGoValue(value)}}`];
  }
}

function typeName(value: JsonValue): ScalarType | "other" {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "string";
  return typeof value === "number" || typeof value === "bigint" ? "numeric" : "other";
}

function goType(value: JsonValue): string {
  if (isJsonList(value)) return "[]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return "map[string]interface {}";
}

// Go's %#v of a decoded JSON value.
function goSyntax(value: JsonValue): string {
  if (value === null) return "interface {}(nil)";
  if (typeof value === "string") return quoteGoString(value);
  if (isJsonList(value)) return `[]interface {}{${value.map((item) => goSyntax(item)).join(", ")}}`;
  if (!isJsonObject(value)) return String(value);
  const names = Object.keys(value).sort();
  const fields = names.map((name) => `${quoteGoString(name)}:${goSyntax(value[name] ?? null)}`);
  return `map[string]interface {}{${fields.join(", ")}}`;
}
