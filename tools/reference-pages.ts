import type { z } from "zod";
import { agentConfigSchema } from "../agent/config.ts";
import { bundlerConfigSchema } from "../bundler/config.ts";
import { loadAllCommands } from "../cli/commands.ts";
import { commandHelp, overviewHelp } from "../cli/help.ts";
import { laterFields } from "../shared/bundle/not-acted-on.ts";
import { warningCodes } from "../shared/bundle/warning.ts";
import { errorCodes } from "../shared/errors.ts";
import { envName, flagName } from "../shared/runtime/config.ts";
import { createHubMetrics } from "../shared/runtime/hub-metrics.ts";
import { createMetrics } from "../shared/runtime/metrics.ts";
import { markdownTable } from "./markdown-table.ts";

const commands = await loadAllCommands();

const origin = "<!-- Made by tools/write-reference-pages.ts from the code: change it there. -->";

/** Returns the text of each page of docs/reference that is made from code, by its file name. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    "errors.md": errorsPage(),
    "config.md": configPage(),
    "cli.md": cliPage(),
    "metrics.md": metricsPage(),
    "warnings.md": warningsPage(),
  };
}

function errorsPage(): string {
  const rows = Object.entries(errorCodes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, meaning]) => [`\`${code}\``, meaning]);
  return page("Error codes", [
    "Every expected fault has one of these codes: in the status of GitRepos, Bundles, Clusters and BundleDeployments, in logs (`code`), and in",
    "front of what `drover` prints. Codes do not change their meaning; messages may.",
    "",
    markdownTable(["Code", "Meaning"], rows),
  ]);
}

function warningsPage(): string {
  const rows = Object.entries(warningCodes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, meaning]) => [`\`${code}\``, meaning]);
  return page("Warnings", [
    "What works, but hardly as meant: `drover lint` shows it with file, line and column, the other offline commands on standard error, the hub in",
    "`status.warnings` of the GitRepo. `drover lint --strict`, and the annotation or setting `strict`, make it an error of the bundle.",
    "",
    markdownTable(["Code", "Meaning"], rows),
    "",
    "## Not acted on yet",
    "",
    "These fields of Fleet's are read, checked and kept, and nothing acts on them yet. The status of Bundle and GitRepo lists those that are set",
    "(`notActedOn`), `drover describe` shows them, and `drover lint` does with level `info`; they are no warnings, and `strict` does not refuse them.",
    "",
    markdownTable(["Kind", "Field", "Instead"], laterRows()),
  ]);
}

function laterRows(): string[][] {
  return Object.entries(laterFields).flatMap(([kind, fields]) =>
    fields.map(({ field, instead }) => [kind === "Bundle" ? "fleet.yaml, Bundle" : kind, `\`${field}\``, instead]),
  );
}

function configPage(): string {
  return page("Settings", [
    "Later ones win: default, file (`--config FILE` or `…_CONFIG`, YAML with the names of the first column), environment, flag. A switch is",
    "turned on by `--name` and off by `--no-name`. A list may be given by repeating its flag, or with commas in the environment. All faults are",
    "printed at once, and the program ends with 2. `--print-config` prints what holds, secrets hidden, and ends.",
    "",
    "## Bundler",
    "",
    settingsTable(bundlerConfigSchema, "BUNDLER_"),
    "",
    "## Agent",
    "",
    settingsTable(agentConfigSchema, "AGENT_"),
  ]);
}

function settingsTable(schema: z.ZodObject, prefix: string): string {
  const rows = Object.entries(schema.shape).map(([key, field]) => {
    const { description = "", form, secret } = field.meta() ?? {};
    const kind = form === "list" || form === "switch" ? ` (${form})` : "";
    const hidden = secret === true ? " Secret: `--print-config` hides it." : "";
    return [
      `\`${key}\``,
      `\`--${flagName(key)}\`${kind}`,
      `\`${envName(key, prefix)}\``,
      `${description}${defaultOf(field, description)}${hidden}`,
    ];
  });
  return markdownTable(["Setting", "Flag", "Environment", "Meaning"], rows);
}

/** Descriptions that name their default in words keep it; the others get it from the schema. */
function defaultOf(field: z.core.$ZodType, description: string): string {
  if (/default/iu.test(description)) return "";
  const parsed = field._zod.run({ value: undefined, issues: [] }, {});
  if (parsed instanceof Promise || parsed.issues.length > 0 || parsed.value === undefined) return "";
  const shown = typeof parsed.value === "string" ? parsed.value : JSON.stringify(parsed.value);
  return shown === "{}" || shown === "[]" ? "" : ` Default \`${shown}\`.`;
}

function cliPage(): string {
  const sections = commands.flatMap((command) => [
    `## drover ${command.name}`,
    "",
    "```",
    commandHelp(command),
    "```",
    "",
  ]);
  return page("Commands", ["```", overviewHelp(commands), "```", "", ...sections]);
}

function metricsPage(): string {
  const { registry } = createMetrics({ processMetrics: false });
  createHubMetrics(registry, { waiting: () => 0, clusters: () => 0, bundles: () => 0, deployments: () => new Map() });
  const rows = registry
    .getMetricsAsArray()
    .map((metric) => [`\`${metric.name}\``, typeOf(metric), labelsOf(metric), metric.help]);
  return page("Metrics", [
    "In Prometheus' text format: of the bundler at `/metrics` on its port, for users whose roles allow `get` of that path",
    "(`drover user create`; `metricsPublic: true` opens it, `metrics: false` turns it off), of the agent at `/metrics` on `healthPort`, where",
    "that is set; only the metrics of controllers are the agent's too. Labels have few values: no names of bundles or clusters are among them. Besides these there are the",
    "process' own metrics (`process_…`, `nodejs_…`) as prom-client has them; an agent measures the lag of its event loop when it is asked, not",
    "all the time: `nodejs_eventloop_lag_seconds` alone.",
    "",
    markdownTable(["Name", "Type", "Labels", "Meaning"], rows),
  ]);
}

function typeOf(metric: object): string {
  return metric.constructor.name.toLowerCase();
}

function labelsOf(metric: object): string {
  const names: unknown = "labelNames" in metric ? metric.labelNames : undefined;
  return Array.isArray(names) ? names.map((name) => `\`${String(name)}\``).join(", ") : "";
}

function page(title: string, lines: readonly string[]): string {
  return `${[`# ${title}`, "", origin, "", ...lines].join("\n").trimEnd()}\n`;
}
