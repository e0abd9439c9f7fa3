import { CodecError } from "../../codec/codec-error.ts";
import { type JsonObject, type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { helmFunctions } from "../../helm/functions/registry.ts";
import { compileTemplates, executeTemplate } from "../../helm/template/compile-template.ts";
import type { FunctionTable } from "../../helm/template/go-function.ts";
import type { GoValue } from "../../helm/template/go-value.ts";
import { TemplateExecError, TemplateLimitError, TemplateParseError } from "../../helm/template/template-error.ts";
import type { DeploymentOptions, HelmOptions } from "../api/deployment-options.ts";
import { AppError } from "../errors.ts";
import type { ClusterFacts } from "../protocol/desired-document.ts";
import { cleanLabels, fleetLabelsOf } from "./clean-labels.ts";

const labelShortcut = "global.fleet.clusterLabels.";
const maxDepth = 50;
/** Helm's own functions and those that look outside of the template (Fleet: `tplFuncMap` is sprig's table without them). */
const withheldFunctions = new Set(
  (
    "env expandenv getHostByName include tpl required lookup toYaml toYamlPretty mustToYaml fromYaml fromYamlArray " +
    "fromJsonArray toToml mustToToml fromToml"
  ).split(" "),
);

const functions: FunctionTable = new Map([...helmFunctions].filter(([name]) => !withheldFunctions.has(name)));

/**
 * Returns the options for one cluster: label shortcuts replaced, `${ }` templates of `helm.values` and
 * `helm.templateValues` evaluated (Fleet: `preprocessHelmValues`). A cluster without labels gets the options as they
 * are. Throws VALUES_TEMPLATE_FAILED with the path of the key; it concerns this cluster only.
 */
export function templateValues(options: DeploymentOptions, facts: ClusterFacts): DeploymentOptions {
  const labels = { ...cleanLabels(facts.labels), ...fleetLabelsOf(facts.labels) };
  const { helm } = options;
  if (Object.keys(labels).length === 0 || helm === undefined) return options;
  const values = helm.values ?? {};
  if (helm.templateValues === undefined && Object.keys(values).length === 0) return options;
  const shortcut = replaceShortcuts(values, labels, 0);
  if (helm.disablePreProcess === true) return { ...options, helm: { ...helm, values: shortcut } };
  const data = new Map<string, GoValue>([
    ["ClusterNamespace", facts.namespace],
    ["ClusterName", facts.name],
    ["ClusterLabels", toGo(labels)],
    ["ClusterAnnotations", toGo(cleanLabels(facts.annotations))],
    ["ClusterValues", toGo(facts.templateValues)],
  ]);
  const evaluation: Evaluation = { data, cluster: `${facts.namespace}/${facts.name}` };
  const evaluated = { ...evaluateAll(shortcut, evaluation), ...evaluateEach(helm, evaluation) };
  return { ...options, helm: { ...helm, values: evaluated } };
}

function replaceShortcuts(values: JsonObject, labels: Readonly<Record<string, string>>, depth: number): JsonObject {
  if (depth > maxDepth) {
    const message = `helm.values is nested deeper than ${maxDepth} levels, too deep for label shortcuts`;
    throw new AppError("VALUES_TEMPLATE_FAILED", message, { verdict: "stalled" });
  }
  const replace = (value: JsonValue): JsonValue => {
    if (typeof value === "string" && value.startsWith(labelShortcut))
      return labels[value.slice(labelShortcut.length)] ?? "";
    if (Array.isArray(value)) {
      return value.map((item: JsonValue) => (isJsonObject(item) ? replaceShortcuts(item, labels, depth + 1) : item));
    }
    return isJsonObject(value) ? replaceShortcuts(value, labels, depth + 1) : value;
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, replace(value)]));
}

interface Evaluation {
  readonly data: GoValue;
  /** `<workspace>/<cluster>`, for messages. */
  readonly cluster: string;
}

/** The values as one text: keys are templated too, and what comes out is read as YAML again. */
function evaluateAll(values: JsonObject, evaluation: Evaluation): JsonObject {
  const text = printGoYaml(values);
  if (!text.includes("${")) return values;
  const where = (line: number | undefined): string => keyAt(text, line);
  const value = run(text, evaluation, where);
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw failed(evaluation, "helm.values", "the result is no map");
  return value;
}

function evaluateEach(helm: HelmOptions, evaluation: Evaluation): Record<string, JsonValue> {
  const entries = Object.entries(helm.templateValues ?? {}).map(([key, text]): [string, JsonValue] => {
    const where = (line: number | undefined): string =>
      `helm.templateValues.${key}${line === undefined ? "" : ` line ${line}`}`;
    return [key, run(text, evaluation, where) ?? null];
  });
  return Object.fromEntries(entries);
}

function run(text: string, evaluation: Evaluation, where: (line: number | undefined) => string): JsonValue | undefined {
  try {
    const set = compileTemplates([{ name: "values", text }], {
      functions,
      delimiters: { left: "${", right: "}" },
      missingKey: "error",
    });
    return parseYaml(executeTemplate(set, "values", { data: evaluation.data }))[0]?.value;
  } catch (error) {
    if (error instanceof TemplateParseError) throw failed(evaluation, where(error.line), error);
    if (error instanceof TemplateExecError) throw failed(evaluation, where(error.place?.line), error);
    if (error instanceof TemplateLimitError || error instanceof CodecError)
      throw failed(evaluation, where(undefined), error);
    throw error;
  }
}

function failed(evaluation: Evaluation, key: string, fault: unknown): AppError {
  const problem =
    fault instanceof CodecError
      ? `the result is no YAML: ${fault.message}`
      : fault instanceof Error
        ? fault.message
        : String(fault);
  const message = `cluster ${evaluation.cluster}: ${key}: ${problem} (set helm.disablePreProcess if \${ } is not meant as a template)`;
  return new AppError("VALUES_TEMPLATE_FAILED", message, {
    verdict: "stalled",
    details: { cluster: evaluation.cluster, key },
    cause: fault,
  });
}

/** The key of the values that stands at a line of their text. */
function keyAt(text: string, line: number | undefined): string {
  const document = parseYaml(text)[0];
  let best = "helm.values";
  let bestLine = 0;
  const visit = (value: JsonValue, path: readonly (string | number)[]): void => {
    const at = document?.positionOf(path)?.line ?? 0;
    if (path.length > 0 && at >= bestLine && at <= (line ?? 0)) {
      bestLine = at;
      best = `helm.values${path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("")}`;
    }
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(document?.value ?? null, []);
  return best;
}

function toGo(value: unknown): GoValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(toGo);
  if (isJsonObject(value)) return new Map(Object.entries(value).map(([key, item]) => [key, toGo(item)]));
  throw new TypeError(`a ${typeof value} is no value for templates`);
}
