import { CodecError } from "../../../codec/codec-error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { parseFirstYaml } from "../../../codec/parse-yaml.ts";
import type { DeploymentOptions } from "../../api/deployment-options.ts";
import { AppError } from "../../errors.ts";
import { printReference, type ValuesReference } from "./values-references.ts";

/** Values as they stand in the target cluster. */
export interface ClusterValues extends ValuesReference {
  /** YAML, or nothing. */
  readonly text: string;
}

/**
 * Returns options whose `helm.values` have those of the cluster merged over them in order: maps deep, everything else
 * replaced, null kept as a value (Fleet: `mergeValues`). `${ }` in them is not evaluated. Throws `VALUES_FROM_INVALID`
 * with the place and never the text, which may be secret.
 */
export function mergeClusterValues(options: DeploymentOptions, sources: readonly ClusterValues[]): DeploymentOptions {
  if (sources.length === 0) return options;
  const values = sources.map(readClusterValues).reduce(mergeValues, options.helm?.values ?? {});
  return { ...options, helm: { ...options.helm, values } };
}

function readClusterValues(source: ClusterValues): JsonObject {
  const value = parse(source);
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw invalid(source, "holds no map of values");
}

function parse(source: ClusterValues): JsonValue | undefined {
  try {
    return parseFirstYaml(source.text)?.value;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw invalid(source, `is no YAML at line ${error.line}, column ${error.column}`);
  }
}

function invalid(source: ValuesReference, problem: string): AppError {
  return new AppError("VALUES_FROM_INVALID", `helm.valuesFrom: ${printReference(source)}: ${problem}; mend it`, {
    verdict: "stalled",
  });
}

function mergeValues(base: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue>(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const under = merged.get(key);
    merged.set(key, isJsonObject(under) && isJsonObject(value) ? mergeValues(under, value) : value);
  }
  return Object.fromEntries(merged);
}
