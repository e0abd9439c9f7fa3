import { CodecError } from "../../codec/codec-error.ts";
import { type JsonObject, isJsonObject } from "../../codec/json-value.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import { AppError, type SourcePosition } from "../errors.ts";
import { mergeValues } from "../targeting/merge-options.ts";
import { type OutsideNotes, lookUp } from "./collect-files.ts";
import { floatValues } from "./float-values.ts";
import { readFirstDocument } from "./read-first-document.ts";
import { cleanPath, joinPath } from "./repo-tree.ts";
import { shellVariables } from "./shell-variables.ts";
import type { BundleWarning } from "./warning.ts";
import { decodeText } from "./decode-text.ts";

/**
 * Returns helm options with their values files merged over `values`, in order, as Fleet does while building a bundle.
 * What is odd in the files goes to `warnings`. Throws VALUES_FILE_INVALID for a file that is missing or outside of the repository (without position), no YAML or no map.
 */
export function readValuesFiles(helm: HelmOptions, source: OutsideNotes, warnings: BundleWarning[]): HelmOptions {
  let values: JsonObject = helm.values ?? {};
  for (const file of helm.valuesFiles ?? []) {
    const found: BundleWarning[] = [];
    values = mergeValues(values, readValuesFile(file, source, found));
    const counts = (code: string): boolean => code !== "TEMPLATE_SUSPECT" || helm.disablePreProcess !== true;
    warnings.push(...found.filter(({ code }) => counts(code)));
  }
  return Object.keys(values).length === 0 ? helm : { ...helm, values };
}

function readValuesFile(file: string, source: OutsideNotes, warnings: BundleWarning[]): JsonObject {
  const path = joinPath(source.dir, file);
  const shown = cleanPath(path) ?? path;
  const resolved = lookUp(source, path);
  if (resolved.kind === "outside") throw invalid(shown, `cannot be read: ${resolved.reason}`);
  if (resolved.kind === "missing") throw invalid(shown, "is not there; add it, or remove it from valuesFiles");
  if (resolved.entry.type !== "file") throw invalid(shown, "is not a file");
  const text = decodeText(source.tree.read(resolved.path));
  try {
    const { document, next } = readFirstDocument(text, shown);
    const value = document?.value ?? {};
    if (!isJsonObject(value)) throw invalid(shown, "must hold a map", { file: shown, line: 1, column: 1 });
    if (next !== undefined) {
      const message = "only the first YAML document of a values file is read, this one is not";
      warnings.push({ code: "DOCUMENT_IGNORED", message, position: { file: shown, ...next } });
    }
    for (const { message, path: at } of shellVariables(value, [])) {
      const { line = 1, column = 1 } = document?.positionOf(at) ?? {};
      warnings.push({ code: "TEMPLATE_SUSPECT", message, position: { file: shown, line, column } });
    }
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
