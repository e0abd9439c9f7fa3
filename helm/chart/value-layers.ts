import { isJsonObject } from "../../codec/json-value.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { fromBytes } from "../template/go-string.ts";
import type { GoMap } from "../template/go-value.ts";
import { ChartError } from "./chart-error.ts";
import { mergeMaps, readValues, valuesOf } from "./chart-values.ts";
import { readTyped, setValues } from "./set-values.ts";
import { yamlFault } from "./read-yaml.ts";

/** Values as Helm's command line takes them. */
export interface ValueOptions {
  /** Paths of YAML files. */
  readonly files: readonly string[];
  readonly set: readonly string[];
  readonly setString: readonly string[];
  readonly setFile: readonly string[];
  readonly setJson: readonly string[];
  readonly setLiteral: readonly string[];
}

/** Returns the values that options mean, in Helm's order: files, JSON, `--set`, strings, files, literals. Throws `ChartError`. */
export function readValueLayers(options: ValueOptions, readFile: (path: string) => Uint8Array): GoMap {
  let values: GoMap = new Map();
  for (const path of options.files) values = mergeMaps(values, readValuesFile(path, readFile));
  for (const text of options.setJson) values = setJson(values, text);
  for (const line of options.set) named("set", () => setValues(line, values, { read: readTyped }));
  for (const line of options.setString) named("set-string", () => setValues(line, values, { read: (text) => text }));
  const readText = (path: string): string => fromBytes(readFile(path));
  for (const line of options.setFile) named("set-file", () => setValues(line, values, { read: readText }));
  const literal = { read: (text: string) => text, isLiteral: true };
  for (const line of options.setLiteral) named("set-literal", () => setValues(line, values, literal));
  return values;
}

function readValuesFile(path: string, readFile: (path: string) => Uint8Array): GoMap {
  try {
    return readValues(fromBytes(readFile(path)));
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) throw error;
    throw new ChartError("values", `failed to parse ${path}: cannot unmarshal yaml document: ${fault}`, error);
  }
}

function setJson(values: GoMap, text: string): GoMap {
  const isObject = text.trim().startsWith("{");
  try {
    if (isObject) {
      const value = parseJson(text);
      return isJsonObject(value) ? mergeMaps(values, valuesOf(value)) : values;
    }
    setValues(text, values, {});
    return values;
  } catch (error) {
    if (!(error instanceof CodecError) && !(error instanceof ChartError)) throw error;
    throw new ChartError("values", `failed parsing --set-json data ${isObject ? "JSON: " : ""}${text}`, error);
  }
}

function named(option: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError("values", `failed parsing --${option} data: ${error.message}`, error);
  }
}
