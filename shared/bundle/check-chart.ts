import { CodecError } from "../../codec/codec-error.ts";
import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { AppError } from "../errors.ts";
import type { CollectedFile } from "./collect-files.ts";
import { type RepoTree, baseName, joinPath } from "./repo-tree.ts";

/**
 * Checks the Chart.yaml files of a bundle as Fleet's dependency update does while it builds one: name, version and
 * apiVersion must be there. Throws CHART_INVALID with the file.
 */
export function checkChartFiles(files: readonly CollectedFile[], tree: RepoTree, dir: string): void {
  for (const file of files) {
    if (baseName(file.name) !== "Chart.yaml") continue;
    const shown = joinPath(dir, file.name);
    const metadata = readChartYaml(new TextDecoder().decode(tree.read(file.path)), shown);
    for (const field of ["apiVersion", "name", "version"]) {
      const value = isJsonObject(metadata) ? metadata[field] : undefined;
      if (value !== undefined && value !== null && value !== "") continue;
      throw new AppError("CHART_INVALID", `${shown}: ${field} is missing`, {
        verdict: "stalled",
        position: { file: shown, line: 1, column: 1 },
      });
    }
  }
}

function readChartYaml(text: string, file: string): JsonValue {
  try {
    return parseYaml(text, { file })[0]?.value ?? null;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const position = { file, line: error.line, column: error.column };
    throw new AppError("CHART_INVALID", error.message, { verdict: "stalled", position, cause: error });
  }
}
