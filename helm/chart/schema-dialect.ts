import { type JsonObject, isJsonObject, type JsonValue } from "../../codec/json-value.ts";

/** A version of JSON Schema. */
export type SchemaDialect = "draft-07" | "2019-09" | "2020-12";

/** A schema as the validator takes it. */
export interface DialectSchema {
  readonly dialect: SchemaDialect;
  readonly schema: JsonObject | boolean;
}

const known: Readonly<Record<string, SchemaDialect>> = {
  "json-schema.org/schema": "2020-12",
  "json-schema.org/draft/2020-12/schema": "2020-12",
  "json-schema.org/draft/2019-09/schema": "2019-09",
  "json-schema.org/draft-07/schema": "draft-07",
  "json-schema.org/draft-06/schema": "draft-07",
  "json-schema.org/draft-04/schema": "draft-07",
};

/**
 * Returns a schema with the dialect that it is written in, 2020-12 where it names none; what draft 4 writes otherwise is
 * rewritten. `undefined` when it names a dialect by an address that nobody knows.
 */
export function readDialect(schema: JsonObject | boolean): DialectSchema | undefined {
  if (typeof schema === "boolean") return { dialect: "2020-12", schema };
  const { $schema: named, ...rest } = schema;
  if (typeof named !== "string" || named === "") return { dialect: "2020-12", schema: rest };
  const name = named.replace(/^https?:\/\//, "").replace(/#$/, "");
  const dialect = known[name];
  if (dialect === undefined) return undefined;
  return { dialect, schema: name.includes("draft-04") ? fromDraft4(rest) : rest };
}

function fromDraft4(schema: JsonObject): JsonObject {
  const { id, ...rest } = schema;
  const entries = Object.entries(typeof id === "string" ? { ...rest, $id: id } : schema).map(
    ([key, value]): [string, JsonValue] => [key, rewrite(value)],
  );
  const result = Object.fromEntries(entries);
  for (const [flag, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    const value = result[flag];
    if (typeof value !== "boolean") continue;
    const limit = result[bound];
    delete result[flag];
    if (!value || limit === undefined) continue;
    delete result[bound];
    result[flag] = limit;
  }
  return result;
}

function rewrite(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return fromDraft4(value);
  return Array.isArray(value) ? value.map((item: JsonValue) => rewrite(item)) : value;
}
