import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { ChartError } from "./chart-error.ts";
import { readDialect, type SchemaDialect } from "./schema-dialect.ts";
import { describeSchemaErrors } from "./schema-errors.ts";

const maxKept = 32;
const maxUnknownNames = 50;
const kept = new Map<string, ValidateFunction>();

/**
 * Returns what a values.schema.json finds wrong with values, worded as Helm words it, "" when nothing. Nothing is ever
 * fetched: a schema that refers to an address is a fault that names it, as is one that is none.
 */
export function schemaFaults(text: string, values: unknown): string {
  try {
    const validate = validatorOf(text);
    return validate(values) ? "" : `${describeSchemaErrors(validate.errors ?? [])}\n`;
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}

function validatorOf(text: string): ValidateFunction {
  const validate = kept.get(text) ?? compile(text);
  kept.delete(text);
  kept.set(text, validate);
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break;
    kept.delete(oldest);
  }
  return validate;
}

const options: Options = {
  // Helm's validator ignores words that it does not know, such as those of forms.
  strict: false,
  allErrors: true,
  verbose: true,
  validateFormats: false,
  logger: false,
  code: { regExp: Object.assign(compilePattern, { code: "compilePattern" }) },
};

/** Patterns are Go's, and run in linear time. The validator knows them apart by their text. */
function compilePattern(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  const compiled = RE2JS.compile(pattern);
  return { test: (text) => compiled.matcher(text).find(), toString: () => pattern };
}

function createValidator(dialect: SchemaDialect): Ajv | Ajv2019 | Ajv2020 {
  switch (dialect) {
    case "draft-07":
      return new Ajv(options);
    case "2019-09":
      return new Ajv2019(options);
    case "2020-12":
      return new Ajv2020(options);
  }
}

function compile(text: string): ValidateFunction {
  const json = readSchema(text);
  const read = readDialect(json);
  if (read === undefined) {
    const address = isJsonObject(json) && typeof json["$schema"] === "string" ? json["$schema"] : "";
    throw refused(address);
  }
  const validator = createValidator(read.dialect);
  for (let names = 0; ; names++) {
    try {
      return validator.compile(read.schema);
    } catch (error) {
      const missing = missingSchema(error);
      if (missing === undefined) throw invalid(error);
      // Helm lets anything pass where a urn: has no schema.
      if (!missing.startsWith("urn:") || names >= maxUnknownNames) throw refused(missing);
      validator.addSchema({}, missing);
    }
  }
}

function readSchema(text: string): Exclude<Parameters<typeof readDialect>[0], undefined> {
  const value: JsonValue = readJson(text);
  if (isJsonObject(value) || typeof value === "boolean") return value;
  throw new ChartError("values", "values.schema.json is no schema: it must be an object");
}

function readJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof CodecError) throw invalid(error);
    throw error;
  }
}

function missingSchema(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("missingSchema" in error)) return undefined;
  const { missingSchema: address } = error;
  return typeof address === "string" && /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : undefined;
}

function refused(address: string): ChartError {
  return new ChartError(
    "values",
    `values.schema.json refers to ${address}, which is not fetched: put that schema into the chart, or skip the check of the schema`,
  );
}

function invalid(error: unknown): ChartError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ChartError("values", `values.schema.json cannot be used: ${reason}`, error);
}
