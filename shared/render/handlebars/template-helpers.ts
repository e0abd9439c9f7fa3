import { type JsonObject, isJsonObject } from "../../../codec/json-value.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { printJson } from "../../../codec/print-json.ts";
import type { TemplateValue } from "./template-scope.ts";

/** A helper was called with what it cannot take; the message says what. */
export class HelperFault extends Error {}

/** One helper. `takesMissing`: it is meant for values that may not be there. */
export interface TemplateHelper {
  readonly takesMissing?: boolean;
  readonly call: (parameters: readonly TemplateValue[]) => TemplateValue;
}

/** More blanks than this no manifest needs. */
const maxIndent = 100;

/** The helpers of `*.yaml.hbs` files; names and meanings are those of Helm's functions where both have them. */
export const templateHelpers: Readonly<Record<string, TemplateHelper>> = {
  and: { takesMissing: true, call: (all) => all.find((value) => !isSet(value)) ?? all.at(-1) },
  b64dec: { call: ([value]) => Buffer.from(text(value), "base64").toString("utf8") },
  b64enc: { call: ([value]) => Buffer.from(text(value), "utf8").toString("base64") },
  contains: { call: ([part, whole]) => text(whole).includes(text(part)) },
  default: { takesMissing: true, call: ([fallback, value]) => (isSet(value) ? value : fallback) },
  eq: { takesMissing: true, call: ([a, ...others]) => others.some((b) => isSame(a, b)) },
  ge: { call: ([a, b]) => compare(a, b) >= 0 },
  gt: { call: ([a, b]) => compare(a, b) > 0 },
  hasKey: { call: ([map, key]) => isJsonObject(map) && Object.hasOwn(map, text(key)) },
  indent: { call: ([width, value]) => indent(width, text(value)) },
  join: { call: ([separator, list]) => items(list).map(text).join(text(separator)) },
  le: { call: ([a, b]) => compare(a, b) <= 0 },
  lower: { call: ([value]) => text(value).toLowerCase() },
  lt: { call: ([a, b]) => compare(a, b) < 0 },
  ne: { takesMissing: true, call: ([a, b]) => !isSame(a, b) },
  nindent: { call: ([width, value]) => `\n${indent(width, text(value))}` },
  not: { takesMissing: true, call: ([value]) => !isSet(value) },
  or: { takesMissing: true, call: (all) => all.find(isSet) ?? all.at(-1) },
  quote: { call: (all) => all.map((value) => JSON.stringify(text(value))).join(" ") },
  replace: { call: ([old, fresh, value]) => text(value).replaceAll(text(old), () => text(fresh)) },
  required: { takesMissing: true, call: ([message, value]) => require(value, text(message)) },
  squote: { call: (all) => all.map((value) => `'${text(value).replaceAll("'", "''")}'`).join(" ") },
  toJson: { call: ([value]) => printJson(value ?? null) },
  toYaml: { call: ([value]) => printGoYaml(value ?? null).replace(/\n$/, "") },
  trim: { call: ([value]) => text(value).trim() },
  upper: { call: ([value]) => text(value).toUpperCase() },
};

/** As Helm's `default` and `and` see it: empty maps, too, count as not set. */
function isSet(value: TemplateValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isJsonObject(value) ? hasMembers(value) : Boolean(value);
}

function hasMembers(object: JsonObject): boolean {
  for (const key in object) if (Object.hasOwn(object, key)) return true;
  return false;
}

function isSame(a: TemplateValue, b: TemplateValue): boolean {
  if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
    throw new HelperFault("compares texts, numbers and booleans, not maps or lists");
  }
  return a === b;
}

function text(value: TemplateValue): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") throw new HelperFault("takes text, not a map or list; use toYaml or toJson");
  return String(value);
}

function items(value: TemplateValue): readonly TemplateValue[] {
  if (!Array.isArray(value)) throw new HelperFault("takes a list");
  return value;
}

function indent(width: TemplateValue, value: string): string {
  if (typeof width !== "number" || !Number.isInteger(width) || width < 0 || width > maxIndent) {
    throw new HelperFault(`the indentation must be a whole number from 0 to ${maxIndent}`);
  }
  return value
    .split("\n")
    .map((line) => " ".repeat(width) + line)
    .join("\n");
}

function compare(a: TemplateValue, b: TemplateValue): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  throw new HelperFault("compares two numbers or two texts");
}

function isNumber(value: TemplateValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function require(value: TemplateValue, message: string): TemplateValue {
  if (value === undefined || value === null || value === "") throw new HelperFault(message);
  return value;
}
