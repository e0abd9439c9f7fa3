import { posix } from "node:path";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { createCapabilities } from "../functions/objects/capabilities.ts";
import { type GoMap, type GoValue, goInt } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { createRun, withRun } from "../template/run-cost.ts";
import type { Chart } from "../chart/chart.ts";
import { ChartError } from "../chart/chart-error.ts";
import { coalesceValues } from "../chart/coalesce-values.ts";
import { defaultApiVersions, defaultKubeVersion, helmBuild } from "../chart/default-capabilities.ts";
import { processDependencies } from "../chart/process-dependencies.ts";
import { readYaml } from "../chart/read-yaml.ts";
import { renderTemplates } from "../chart/render-templates.ts";
import { validateValues } from "../chart/validate-values.ts";
import type { ChartFolder } from "./chart-folder.ts";
import { loadOrFault } from "./dependency-rules.ts";
import { findDeprecatedApi } from "./deprecated-api.ts";
import { findings, type LintMessage } from "./lint-message.ts";
import { type ManifestHead, readManifestHeads } from "./manifest-heads.ts";
import { objectNameFault } from "./object-name.ts";

/** What templates are linted with. */
export interface LintRequest {
  readonly values: GoMap;
  readonly namespace: string;
  /** Helm's own without one. */
  readonly kubeVersion: string | undefined;
  readonly skipSchemaValidation: boolean;
  /** Hears what charts refuse with `fail` and `required`, which does not fail a lint. */
  readonly warn: (message: string) => void;
}

const folderName = "templates/";

/** Returns what is wrong with a chart's templates and what they render to (Helm: `rules.Templates`). */
export function templateRules(folder: ChartFolder, request: LintRequest): LintMessage[] {
  const entry = folder.find("templates");
  if (entry === undefined) return findings("WARNING", folderName, ["directory does not exist"]);
  if (entry.kind === "file") return findings("ERROR", folderName, ["not a directory"]);
  const chart = loadOrFault(folder);
  if (typeof chart === "string") return findings("ERROR", folderName, [chart]);
  const rendered = render(chart, request);
  if (rendered === undefined) return [];
  if (typeof rendered === "string") return findings("ERROR", folderName, [rendered]);
  const messages: LintMessage[] = [];
  for (const { name } of chart.templates) {
    messages.push(...findings("ERROR", name, [extensionFault(name)]));
    if (!/\.ya?ml$/iu.test(name)) continue;
    const text = rendered.get(posix.join(chart.metadata.name, name)) ?? "";
    if (text.trim() === "") continue;
    const { heads, fault } = readManifestHeads(text);
    messages.push(...findings("WARNING", name, [indentFault(text)]));
    for (const head of heads) messages.push(...manifestFindings({ name, text, head, request }));
    if (fault === undefined) continue;
    // Helm reads no further file then.
    return [...messages, ...findings("ERROR", name, [`unable to parse YAML: ${fault}`])];
  }
  return messages;
}

/** Returns files by path, the words of a failure, or undefined where Helm gives up without a word. */
function render(loaded: Chart, request: LintRequest): Map<string, string> | string | undefined {
  const values = prepare(loaded, request);
  if (values === undefined) return undefined;
  const { chart } = values;
  try {
    const run = createRun({ onRefusal: (words: string) => request.warn(`the chart asks: ${words}`) });
    if (!request.skipSchemaValidation) withRun(run, () => validateValues(chart, values.values));
    const kubeVersion = request.kubeVersion ?? defaultKubeVersion;
    const capabilities = createCapabilities({ kubeVersion, apiVersions: defaultApiVersions, helm: helmBuild });
    const scope = { values: values.values, release: release(request.namespace), capabilities };
    return renderTemplates(chart, scope, { run, compiled: { sets: new Map() } });
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}

function prepare(loaded: Chart, { values, warn }: LintRequest): { chart: Chart; values: GoMap } | undefined {
  try {
    const chart = processDependencies(loaded, values, warn);
    return { chart, values: coalesceValues(chart, values, warn) };
  } catch (error) {
    if (error instanceof ChartError) return undefined;
    throw error;
  }
}

/** Helm lints neither an install nor an upgrade. */
function release(namespace: string): GoMap {
  return new Map<string, GoValue>([
    ["Name", "test-release"],
    ["Namespace", namespace],
    ["IsUpgrade", false],
    ["IsInstall", false],
    ["Revision", goInt(0)],
    ["Service", "Helm"],
  ]);
}

function extensionFault(name: string): string | undefined {
  const extension = /\.[^./]*$/u.exec(name)?.[0] ?? "";
  if ([".yaml", ".yml", ".tpl", ".txt"].includes(extension)) return undefined;
  return `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`;
}

function indentFault(text: string): string | undefined {
  const line = text.split(/\r?\n/u).find((one) => one.trim() !== "") ?? "";
  if (!/^[ \t]/u.test(line)) return undefined;
  return `document starts with an illegal indent: ${quoteString(line)}, which may cause parsing problems`;
}

interface Manifest {
  readonly name: string;
  readonly text: string;
  readonly head: ManifestHead;
  readonly request: LintRequest;
}

function manifestFindings({ name, text, head, request }: Manifest): LintMessage[] {
  return [
    ...findings("WARNING", name, [
      objectNameFault(head.kind, head.name),
      deprecationFault(head, request.kubeVersion ?? defaultKubeVersion),
    ]),
    ...findings("ERROR", name, [selectorFault(head, text), listFault(head, text)]),
  ];
}

function deprecationFault({ apiVersion, kind }: ManifestHead, kubeVersion: string): string | undefined {
  const api = findDeprecatedApi(apiVersion, kind);
  if (api === undefined) return undefined;
  const [major = 0, minor = 0] = kubeVersion.replace(/^v/u, "").split(".").map(Number);
  return major > 1 || (major === 1 && minor >= api.sinceMinor) || (major === 0 && minor === 0)
    ? api.warning
    : undefined;
}

function selectorFault({ kind, name }: ManifestHead, text: string): string | undefined {
  if (!["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].includes(kind)) return undefined;
  if (text.includes("matchLabels") || text.includes("matchExpressions")) return undefined;
  return `a ${kind} must contain matchLabels or matchExpressions, and ${quoteString(name)} does not`;
}

function listFault({ kind }: ManifestHead, text: string): string | undefined {
  if (kind !== "List") return undefined;
  const items = member(readYaml(text), "items");
  const isKept = (Array.isArray(items) ? items : []).some((item: JsonValue) => {
    const annotations = member(member(item, "metadata"), "annotations");
    return isJsonObject(annotations) && Object.hasOwn(annotations, "helm.sh/resource-policy");
  });
  return isKept ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1];
}
