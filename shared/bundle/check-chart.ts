import { CodecError } from "../../codec/codec-error.ts";
import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import { AppError } from "../errors.ts";
import type { CollectedFile } from "./collect-files.ts";
import { readFirstDocument } from "./read-first-document.ts";
import { type RepoTree, baseName, dirName, joinPath } from "./repo-tree.ts";

/** A chart in a bundle with dependencies that are not in its `charts/`. */
export interface IncompleteChart {
  /** Its directory in the bundle, and where that really is. */
  readonly dir: string;
  readonly realDir: string;
  /** The file that lists the dependencies. */
  readonly shown: string;
  /** The dependencies that are missing, for messages. */
  readonly missing: string;
}

/**
 * Checks the charts in a bundle as Fleet's dependency update does while it builds one: name, version and apiVersion must
 * be there. Returns those that lack dependencies. Throws CHART_INVALID with the file.
 */
export function checkChartFiles(files: readonly CollectedFile[], tree: RepoTree, dir: string): IncompleteChart[] {
  const names = files.map((file) => file.name);
  const incomplete: IncompleteChart[] = [];
  for (const file of files) {
    if (baseName(file.name) !== "Chart.yaml") continue;
    const shown = joinPath(dir, file.name);
    const metadata = readYaml(tree, file, shown);
    for (const field of ["apiVersion", "name", "version"]) {
      const value = fieldOf(metadata, field);
      if (value === undefined || value === null || value === "") {
        throw new AppError("CHART_INVALID", `${shown}:1:1: ${field} is missing`, {
          verdict: "stalled",
          position: { file: shown, line: 1, column: 1 },
        });
      }
    }
    const chart = { names, dir: dirName(file.name), realDir: dirName(file.path) };
    incomplete.push(...missingFrom({ ...chart, shown }, fieldOf(metadata, "dependencies")));
    const requirements = files.find((other) => other.name === joinPath(dirName(file.name), "requirements.yaml"));
    if (requirements === undefined || fieldOf(metadata, "apiVersion") !== "v1") continue;
    const older = joinPath(dir, requirements.name);
    const listed = fieldOf(readYaml(tree, requirements, older), "dependencies");
    incomplete.push(...missingFrom({ ...chart, shown: older }, listed));
  }
  return incomplete;
}

function fieldOf(value: JsonValue | undefined, field: string): JsonValue | undefined {
  return isJsonObject(value) ? value[field] : undefined;
}

function textOf(value: JsonValue, field: string): string {
  const text = fieldOf(value, field);
  return typeof text === "string" || typeof text === "number" ? String(text) : "";
}

interface Chart extends Omit<IncompleteChart, "missing"> {
  /** Names of all files of the bundle. */
  readonly names: readonly string[];
}

function missingFrom({ names, ...chart }: Chart, dependencies: JsonValue | undefined): IncompleteChart[] {
  if (!Array.isArray(dependencies)) return [];
  const charts = joinPath(chart.dir, "charts/");
  const isThere = (name: string): boolean =>
    names.some(
      (file) =>
        file === `${charts}${name}/Chart.yaml` || (file.startsWith(`${charts}${name}-`) && file.endsWith(".tgz")),
    );
  const missing = dependencies.filter((dependency: JsonValue) => {
    const name = textOf(dependency, "name");
    return name !== "" && !isThere(name);
  });
  if (missing.length === 0) return [];
  const list = missing.map((dependency: JsonValue) => {
    const [name, version, repository] = ["name", "version", "repository"].map((field) => textOf(dependency, field));
    return `${name} ${version} of ${repository === "" ? "no repository" : repository}`;
  });
  return [{ ...chart, missing: list.join(", ") }];
}

function readYaml(tree: RepoTree, file: CollectedFile, shown: string): JsonValue | undefined {
  try {
    return readFirstDocument(new TextDecoder().decode(tree.read(file.path)), shown).document?.value;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const position = { file: shown, line: error.line, column: error.column };
    throw new AppError("CHART_INVALID", error.message, { verdict: "stalled", position, cause: error });
  }
}
