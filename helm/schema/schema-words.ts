import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import type { SchemaDraft } from "./schema-node.ts";

/** Keywords by the draft that brought them; those of draft 4 are not listed. */
const since: ReadonlyMap<string, SchemaDraft> = new Map([
  ...words(6, "contains propertyNames const"),
  ...words(7, "if then else"),
  ...words(2019, "$recursiveRef $recursiveAnchor minContains maxContains dependentRequired dependentSchemas"),
  ...words(2019, "unevaluatedItems unevaluatedProperties"),
  ...words(2020, "$dynamicRef $dynamicAnchor prefixItems"),
]);

function words(draft: SchemaDraft, names: string): (readonly [string, SchemaDraft])[] {
  return names.split(" ").map((name) => [name, draft] as const);
}

/**
 * Returns the keywords of a schema that count in its draft. Before 2019-09 a `$ref` hides all keywords of draft 4 beside it,
 * and an `exclusiveMinimum: true` makes `minimum` exclusive in every draft, as in jsonschema v6.
 */
export function activeWords(schema: JsonObject, draft: SchemaDraft): JsonObject {
  const hasRef = draft < 2019 && typeof schema["$ref"] === "string";
  const kept = Object.entries(schema).filter(([name, value]) => {
    const first = since.get(name);
    if (first !== undefined) return first <= draft && !((name === "then" || name === "else") && isUnused(name, schema));
    if (hasRef) return name === "$ref";
    if (name === "additionalItems") return draft < 2020 && Array.isArray(schema["items"]);
    return name !== "items" || draft < 2020 || !Array.isArray(value);
  });
  const active: Record<string, JsonValue> = Object.fromEntries(kept);
  for (const [flag, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    const limit = active[bound];
    if (active[flag] !== true) continue;
    delete active[flag];
    delete active[bound];
    if (limit !== undefined) active[flag] = limit;
  }
  return active;
}

function isUnused(name: "then" | "else", schema: JsonObject): boolean {
  const { if: condition } = schema;
  return condition === undefined || condition === (name === "else");
}
