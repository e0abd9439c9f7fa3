import { CodecError } from "../../codec/codec-error.ts";
import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import { AppError } from "../errors.ts";
import type { CollectedFile } from "./collect-files.ts";
import { readFirstDocument } from "./read-first-document.ts";
import { type RepoTree, baseName, dirName, joinPath } from "./repo-tree.ts";

/**
 * Checks the charts in a bundle as Fleet's dependency update does while it builds one: name, version and apiVersion must
 * be there, and every dependency in `charts/`. Throws CHART_INVALID, or CHART_NOT_FETCHED for a missing dependency, with
 * the file.
 */
export function checkChartFiles(files: readonly CollectedFile[], tree: RepoTree, dir: string): void {
  const names = files.map((file) => file.name);
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
    checkDependencies({ names, chartDir: dirName(file.name), shown }, fieldOf(metadata, "dependencies"));
    const requirements = files.find((other) => other.name === joinPath(dirName(file.name), "requirements.yaml"));
    if (requirements === undefined || fieldOf(metadata, "apiVersion") !== "v1") continue;
    const older = joinPath(dir, requirements.name);
    const listed = fieldOf(readYaml(tree, requirements, older), "dependencies");
    checkDependencies({ names, chartDir: dirName(file.name), shown: older }, listed);
  }
}

function fieldOf(value: JsonValue | undefined, field: string): JsonValue | undefined {
  return isJsonObject(value) ? value[field] : undefined;
}

function textOf(value: JsonValue, field: string): string {
  const text = fieldOf(value, field);
  return typeof text === "string" || typeof text === "number" ? String(text) : "";
}

interface Chart {
  /** Names of all files of the bundle. */
  readonly names: readonly string[];
  readonly chartDir: string;
  /** The file that lists the dependencies. */
  readonly shown: string;
}

function checkDependencies({ names, chartDir, shown }: Chart, dependencies: JsonValue | undefined): void {
  if (!Array.isArray(dependencies)) return;
  const charts = joinPath(chartDir, "charts/");
  const isThere = (name: string): boolean =>
    names.some(
      (file) =>
        file === `${charts}${name}/Chart.yaml` || (file.startsWith(`${charts}${name}-`) && file.endsWith(".tgz")),
    );
  const missing = dependencies.filter((dependency: JsonValue) => {
    const name = textOf(dependency, "name");
    return name !== "" && !isThere(name);
  });
  if (missing.length === 0) return;
  const list = missing.map((dependency: JsonValue) => {
    const [name, version, repository] = ["name", "version", "repository"].map((field) => textOf(dependency, field));
    return `${name} ${version} of ${repository === "" ? "no repository" : repository}`;
  });
  throw new AppError(
    "CHART_NOT_FETCHED",
    `${shown}:1:1: not in charts/: ${list.join(", ")}; run \`helm dependency update\` and commit the result, or set helm.disableDependencyUpdate`,
    { verdict: "stalled", position: { file: shown, line: 1, column: 1 } },
  );
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
