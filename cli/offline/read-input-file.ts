import { readFileSync } from "node:fs";
import type * as z from "zod";
import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { parseYaml, type YamlDocument } from "../../codec/parse-yaml.ts";
import { AppError } from "../../shared/errors.ts";

/** Returns the values of a YAML file that a person named; throws INPUT_FILE_INVALID, with line and column for bad YAML. */
export function readInputFile(file: string, what: string): readonly JsonValue[] {
  return readInputDocuments(file, what).map(({ value }) => value);
}

/** Returns the text of a file that a person named; throws INPUT_FILE_INVALID. */
export function readInputText(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError("INPUT_FILE_INVALID", `${what} ${file} cannot be read: check its path`, {
      verdict: "stalled",
      position: { file },
      cause,
    });
  }
}

/** Returns the documents of a YAML file with their positions; throws INPUT_FILE_INVALID as `readInputFile` does. */
export function readInputDocuments(file: string, what: string): readonly YamlDocument[] {
  const text = readInputText(file, what);
  try {
    return parseYaml(text, { file });
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new AppError("INPUT_FILE_INVALID", `${what} ${cause.message}`, {
      verdict: "stalled",
      position: { file, line: cause.line, column: cause.column },
      cause,
    });
  }
}

/** Returns the first document of a YAML file, checked by a schema; throws INPUT_FILE_INVALID naming each field at fault. */
export function readInputDocument<S extends z.ZodType>(schema: S, file: string, what: string): z.output<S> {
  const [value] = readInputFile(file, what);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "document"}: ${message}`);
  throw new AppError("INPUT_FILE_INVALID", `${what} ${file}: ${problems.join("; ")}`, {
    verdict: "stalled",
    position: { file },
  });
}
