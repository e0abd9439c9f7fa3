import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { readValueLayers } from "../../helm/chart/value-layers.ts";
import type { GoMap } from "../../helm/template/go-value.ts";
import { type CommandInput, listOption } from "../command.ts";

/** Returns the values that `-f`, `--set` and their kin mean, read below `cwd`. Throws `ChartError` with Helm's words. */
export function readGivenValues(input: CommandInput, cwd: string): GoMap {
  const layers = {
    files: listOption(input, "values").flatMap((list) => list.split(",")),
    set: listOption(input, "set"),
    setString: listOption(input, "set-string"),
    setFile: listOption(input, "set-file"),
    setJson: listOption(input, "set-json"),
    setLiteral: listOption(input, "set-literal"),
  };
  return readValueLayers(layers, (path) => readInput(path, cwd));
}

function readInput(path: string, cwd: string): Uint8Array {
  if (path.trim() === "-") return readFileSync(0);
  if (/^(?:https?|oci):\/\//u.test(path)) {
    throw new ChartError("values", `${path}: values are not fetched: save the file and name its path`);
  }
  try {
    return readFileSync(resolve(cwd, path));
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: `open ${path}: no such file or directory`,
      EISDIR: `read ${path}: is a directory`,
      EACCES: `open ${path}: permission denied`,
    };
    throw new ChartError("values", reasons[String(error.code)] ?? error.message, error);
  }
}
