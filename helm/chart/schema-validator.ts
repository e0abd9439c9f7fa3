import type { JsonValue } from "../../codec/json-value.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { checkValue } from "../schema/check-value.ts";
import { compileSchema, draftSchema } from "../schema/compile-schema.ts";
import { resourceAt, type SchemaDocument, valueAt } from "../schema/schema-document.ts";
import { printSchemaFault } from "../schema/schema-fault.ts";
import { SchemaAddressError, type SchemaNode, SchemaUseError } from "../schema/schema-node.ts";
import { quoteString } from "../template/quote-string.ts";
import { ChartError } from "./chart-error.ts";

const maxKept = 32;
const kept = new Map<string, SchemaNode>();
const url = "file:///values.schema.json";

/**
 * Returns what a values.schema.json finds wrong with values, worded as Helm words it, "" when nothing. Nothing is ever
 * fetched: a schema that refers to an address is a fault that names it, as is one that is none.
 */
export function schemaFaults(text: string, values: unknown): string {
  try {
    const fault = checkValue(schemaOf(text), values);
    return fault === undefined ? "" : `${printSchemaFault(fault)}\n`;
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}

function schemaOf(text: string): SchemaNode {
  const schema = kept.get(text) ?? compile(text);
  kept.delete(text);
  kept.set(text, schema);
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break;
    kept.delete(oldest);
  }
  return schema;
}

function compile(text: string): SchemaNode {
  try {
    return compileSchema(url, parseJson(text), checkSchema);
  } catch (error) {
    if (error instanceof SchemaAddressError) {
      const hint = "put that schema into the chart, or skip the check of the schema";
      throw new ChartError(
        "values",
        `values.schema.json refers to ${error.address}, which is not fetched: ${hint}`,
        error,
      );
    }
    if (error instanceof SchemaUseError) throw new ChartError("values", error.message, error);
    if (!(error instanceof CodecError)) throw error;
    throw new ChartError("values", `values.schema.json cannot be used: ${error.message}`, error);
  }
}

/** A schema is held to the schema of its draft. */
function checkSchema(document: SchemaDocument, pointer: string): void {
  const meta = draftSchema(resourceAt(document, pointer).draft);
  const value: JsonValue = valueAt(document, pointer);
  const fault = checkValue(meta, value);
  if (fault === undefined) return;
  const place = quoteString(`${document.url}#${pointer}`);
  throw new SchemaUseError(
    `${place} is not valid against metaschema: jsonschema validation failed with '${meta.location}'\n${printSchemaFault(fault)}`,
  );
}
