import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { plainFault, valueFault, type FieldError } from "../field-error.ts";
import type { OpenApiSchema } from "../open-api-schema.ts";

interface Place {
  readonly schema: OpenApiSchema;
  readonly path: string;
}

/** Returns the faults of a value against the lengths, sizes, bounds and patterns of its schema. */
export function boundFaults(value: JsonValue, place: Place): readonly FieldError[] {
  if (typeof value === "string") return stringFaults(value, place);
  if (typeof value === "number" || typeof value === "bigint") return numberFaults(value, place);
  if (Array.isArray(value)) {
    return sizeFaults(
      value,
      { size: value.length, min: place.schema.minItems, max: place.schema.maxItems, unit: "items" },
      place,
    );
  }
  if (!isJsonObject(value)) return [];
  const { minProperties, maxProperties } = place.schema;
  const size = Object.keys(value).length;
  return sizeFaults(value, { size, min: minProperties, max: maxProperties, unit: "properties" }, place);
}

function stringFaults(value: string, { schema, path }: Place): readonly FieldError[] {
  const faults: FieldError[] = [];
  const length = Array.from(value).length;
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    faults.push(plainFault("FieldValueTooLong", path, `may not be more than ${schema.maxLength} bytes`));
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    const detail = `${path} in body should be at least ${schema.minLength} chars long`;
    faults.push(valueFault("FieldValueInvalid", path, { value, detail }));
  }
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) {
    const detail = `${path} in body should match '${schema.pattern}'`;
    faults.push(valueFault("FieldValueInvalid", path, { value, detail }));
  }
  return faults;
}

const patterns = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const compiled = compilePattern(source);
  patterns.set(source, compiled);
  return compiled;
}

function compilePattern(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch {
    return new RegExp(source);
  }
}

function numberFaults(value: number | bigint, { schema, path }: Place): readonly FieldError[] {
  const faults: FieldError[] = [];
  const { minimum, maximum, multipleOf } = schema;
  const invalid = (problem: string): void => {
    faults.push(valueFault("FieldValueInvalid", path, { value, detail: `${path} in body should be ${problem}` }));
  };
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    invalid(`greater than ${schema.exclusiveMinimum === true ? "" : "or equal to "}${minimum}`);
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    invalid(`less than ${schema.exclusiveMaximum === true ? "" : "or equal to "}${maximum}`);
  }
  if (multipleOf !== undefined && Number(value) % multipleOf !== 0) invalid(`a multiple of ${multipleOf}`);
  return faults;
}

interface Size {
  readonly size: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly unit: string;
}

function sizeFaults(value: JsonValue, { size, min, max, unit }: Size, { path }: Place): readonly FieldError[] {
  if (max !== undefined && size > max) {
    return [valueFault("FieldValueTooMany", path, { value: size, detail: `must have at most ${max} items` })];
  }
  if (min !== undefined && size < min) {
    const detail = `${path} in body should have at least ${min} ${unit}`;
    return [valueFault("FieldValueInvalid", path, { value: unit === "items" ? size : value, detail })];
  }
  return [];
}
