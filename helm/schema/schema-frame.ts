import type { JsonValue } from "../../codec/json-value.ts";
import type { SchemaFault } from "./schema-fault.ts";
import type { SchemaNode } from "./schema-node.ts";

/** One schema being applied to one value, and those that led to it. */
export interface SchemaFrame {
  readonly node: SchemaNode;
  readonly value: unknown;
  readonly at: readonly string[];
  /** Equal for schemas that are applied to one value. */
  readonly depth: number;
  /** Keyword of the reference that led here, "" for a schema in place. */
  readonly via: string;
  readonly parent: SchemaFrame | undefined;
  /** Members and items that no keyword has looked at yet. */
  readonly unseen: Set<string>;
  readonly faults: SchemaFault[];
}

/** Returns a number, undefined where a keyword has none. */
export function numberOf(value: JsonValue | undefined): number | bigint | undefined {
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

/** Returns a whole number, undefined where a keyword has none. */
export function countOf(value: JsonValue | undefined): number | undefined {
  const number = numberOf(value);
  return number === undefined || !Number.isInteger(Number(number)) ? undefined : Number(number);
}

/** Returns the texts of a list, undefined where a keyword has none. */
export function textsOf(value: JsonValue | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((item: JsonValue): item is string => typeof item === "string");
}

/** Returns the schemas of a keyword that holds a list. */
export function listBelow({ below, words }: SchemaNode, name: string): SchemaNode[] {
  const list = words[name];
  if (!Array.isArray(list)) return [];
  return list.flatMap((_, index) => below.get(`${name}/${index}`) ?? []);
}

/** Adds a fault at the frame's place. */
export function addFault(frame: SchemaFrame, text: string, causes: readonly SchemaFault[] = []): void {
  frame.faults.push({ at: frame.at, text, kind: "fault", causes });
}

/** Returns the members or items that a schema's neighbours have to account for, none where nobody asks. */
export function unseenOf(node: SchemaNode, value: unknown, isAsked: boolean): Set<string> {
  const { words } = node;
  if (Array.isArray(value)) {
    if (!isAsked && words["unevaluatedItems"] === undefined) return new Set();
    if (
      node.draft < 2020 &&
      (words["additionalItems"] !== undefined || (words["items"] !== undefined && !Array.isArray(words["items"])))
    ) {
      return new Set();
    }
    if (node.draft >= 2020 && words["items"] !== undefined) return new Set();
    const first = words[node.draft >= 2020 ? "prefixItems" : "items"];
    const seen = Array.isArray(first) ? first.length : 0;
    return new Set(Array.from(value.keys(), String).slice(seen));
  }
  if (typeof value !== "object" || value === null) return new Set();
  if (!isAsked && words["unevaluatedProperties"] === undefined) return new Set();
  return words["additionalProperties"] === undefined ? new Set(Object.keys(value)) : new Set();
}
