import { CodecError } from "../../codec/codec-error.ts";
import { type JsonObject, isJsonObject } from "../../codec/json-value.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import { AppError, type SourcePosition } from "../errors.ts";
import { mergeValues } from "../targeting/merge-options.ts";
import { type OutsideNotes, lookUp } from "./collect-files.ts";
import { floatValues } from "./float-values.ts";
import { readFirstDocument } from "./read-first-document.ts";
import { cleanPath, joinPath } from "./repo-tree.ts";

/**
 * Returns helm options with their values files merged over `values`, in order, as Fleet does while building a bundle.
 * Throws VALUES_FILE_INVALID for a file that is missing or outside of the repository (without position), no YAML or no map.
 */
export function readValuesFiles(helm: HelmOptions, source: OutsideNotes): HelmOptions {
  let values: JsonObject = helm.values ?? {};
  for (const file of helm.valuesFiles ?? []) values = mergeValues(values, readValuesFile(file, source));
  return Object.keys(values).length === 0 ? helm : { ...helm, values };
}

function readValuesFile(file: string, source: OutsideNotes): JsonObject {
  const path = joinPath(source.dir, file);
  const shown = cleanPath(path) ?? path;
  const resolved = lookUp(source, path);
  if (resolved.kind === "outside") throw invalid(shown, `cannot be read: ${resolved.reason}`);
  if (resolved.kind === "missing") throw invalid(shown, "is not there; add it, or remove it from valuesFiles");
  if (resolved.entry.type !== "file") throw invalid(shown, "is not a file");
  const text = new TextDecoder().decode(source.tree.read(resolved.path));
  try {
    const value = readFirstDocument(text, shown).document?.value ?? {};
    if (!isJsonObject(value)) throw invalid(shown, "must hold a map", { file: shown, line: 1, column: 1 });
    return floatValues(value);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new AppError("VALUES_FILE_INVALID", `values file ${error.message}`, {
      verdict: "stalled",
      position: { file: shown, line: error.line, column: error.column },
      cause: error,
    });
  }
}

function invalid(file: string, problem: string, position?: SourcePosition): AppError {
  return new AppError("VALUES_FILE_INVALID", `values file ${file} ${problem}`, {
    verdict: "stalled",
    ...(position === undefined ? {} : { position }),
  });
}
