import { readFileSync } from "node:fs";
import type * as z from "zod";
import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { parseYaml, type YamlDocument } from "../../codec/parse-yaml.ts";
import type { TextPosition } from "../../codec/text-position.ts";
import type { ValuePath } from "../../shared/bundle/decode-lenient.ts";
import { AppError } from "../../shared/errors.ts";
import { printPlace } from "./findings.ts";

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

/** Returns the first document of a YAML file, checked by a schema; throws INPUT_FILE_INVALID naming each field at fault and its line. */
export function readInputDocument<S extends z.ZodType>(schema: S, file: string, what: string): z.output<S> {
  const [document] = readInputDocuments(file, what);
  const parsed = schema.safeParse(document?.value);
  if (parsed.success) return parsed.data;
  const { problems, place } = issuesAt(parsed.error.issues, document);
  throw new AppError("INPUT_FILE_INVALID", `${what} ${printPlace({ file, ...place })}: ${problems.join("; ")}`, {
    verdict: "stalled",
    position: { file, ...place },
  });
}

/** Returns what a schema says of a document in one line each, and where the first of it stands; `base` leads to what was checked. */
export function issuesAt(
  issues: z.core.$ZodError["issues"],
  document: Pick<YamlDocument, "positionOf"> | undefined,
  base: ValuePath = [],
): { readonly problems: readonly string[]; readonly place: TextPosition } {
  const problems = issues.map(({ path, message }) => `${path.join(".") || "document"}: ${message}`);
  const path = [...base, ...(issues[0]?.path ?? []).map((step) => (typeof step === "symbol" ? String(step) : step))];
  // A field that is missing stands where the map that lacks it begins.
  for (let length = path.length; length >= 0; length--) {
    const place = document?.positionOf(path.slice(0, length));
    if (place !== undefined) return { problems, place: { line: place.line, column: place.column } };
  }
  return { problems, place: { line: 1, column: 1 } };
}
