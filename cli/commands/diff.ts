import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { type Command, hubOptions, requiredArgument, switchOption, textOption } from "../command.ts";
import { type ChangeGroup, diffDeployments, type ObjectChange } from "../offline/diff-deployments.ts";
import { offlineOptions, readSettings, readTree } from "../offline/offline-options.ts";
import { renderAll, renderOptions } from "../offline/render-all.ts";
import { reportFaults, reportOptions, unknownFormat } from "../offline/report.ts";
import { clusterOptions, readWorld, targetAll } from "../offline/target-all.ts";
import { asJson } from "../offline/target-view.ts";
import { printColumns, printValue } from "../output.ts";
import { diffLive, liveOptions } from "./diff-live.ts";

const { rev: _rev, ...commonOptions } = offlineOptions;

/** Stands for the files as they lie in the folder, in place of a revision. */
const workTree = ".";

export const diffCommand: Command = {
  name: "diff",
  summary: "Show what changes on which clusters between two revisions, clusters with the same change together",
  usage: "REV1 REV2 --clusters FILE [PATH …] | --live BUNDLE",
  examples: [
    "drover diff main HEAD --gitrepo gitrepo.yaml --clusters clusters.yaml",
    "drover diff v1.4.0 . --gitrepo gitrepo.yaml --clusters clusters.yaml -o table",
    "drover diff --live config-web --cluster staging-eu",
  ],
  options: {
    ...commonOptions,
    ...clusterOptions,
    ...renderOptions,
    ...reportOptions,
    kubeconfig: hubOptions.kubeconfig,
    context: hubOptions.context,
    ...liveOptions,
    output: { type: "string", short: "o", value: "FORMAT", description: "text (default), table, yaml or json." },
  },
  run: async (input, context) => {
    if (switchOption(input, "live")) return diffLive(input, context);
    const revisions = [
      requiredArgument(input, 0, "REV1"),
      requiredArgument(input, 1, `REV2 (${workTree} is the folder as it is)`),
    ];
    const print = printerOf(textOption(input, "output") ?? "text");
    const settings = readSettings(input, context, input.arguments.slice(2));
    const world = readWorld(input, context.cwd, settings.options.namespace);
    const sides = [];
    for (const revision of revisions) {
      const tree = await readTree(input, context.cwd, revision === workTree ? undefined : revision);
      const targeted = await targetAll({ ...settings, tree }, world, textOption(input, "cluster"));
      const wanted = { entries: targeted.entries, strict: settings.options.strict };
      const { rendered, faults, warnings } = await renderAll(wanted, input, context);
      sides.push({
        revision,
        rendered,
        warnings: [...targeted.warnings, ...warnings],
        faults: [...targeted.faults, ...faults],
      });
    }
    const [before, after] = sides;
    const groups = diffDeployments(before?.rendered ?? [], after?.rendered ?? []);
    context.print(groups.length === 0 && print === printText ? "Nothing changes on any cluster." : print(groups));
    for (const { revision, faults } of sides)
      if (faults.length > 0) context.printError(`${revision} is shown without what fails in it:`);
    return reportFaults(
      { warnings: after?.warnings ?? [], faults: sides.flatMap(({ faults }) => faults) },
      input,
      context,
    );
  },
};

function printerOf(format: string): (groups: readonly ChangeGroup[]) => string {
  switch (format) {
    case "text":
      return printText;
    case "table":
      return printTable;
    case "yaml":
    case "json":
      return (groups) => printValue(groups.map(asJson), format);
    default:
      throw unknownFormat(format, "text, table, yaml or json");
  }
}

function printText(groups: readonly ChangeGroup[]): string {
  return groups
    .map(({ clusters, changes }) => {
      const count = `${clusters.length} ${clusters.length === 1 ? "cluster" : "clusters"}`;
      return [`${count}: ${clusters.join(", ")}`, ...changes.flatMap(changeLines)].join("\n");
    })
    .join("\n\n");
}

function changeLines(change: ObjectChange): string[] {
  const { action, bundle, fields } = change;
  const heading = `  ${action} ${nameOf(change)} (bundle ${bundle})`;
  return [
    heading,
    ...fields.map(({ path, before, after }) => `    ${path}: ${printSide(before)} → ${printSide(after)}`),
  ];
}

function nameOf({ kind, namespace, name }: ObjectChange): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

function printSide(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  const text = printJson(value);
  return text.length <= 200
    ? text
    : `${text.slice(0, 200)}… (${isJsonObject(value) ? "map" : "text"} of ${text.length})`;
}

function printTable(groups: readonly ChangeGroup[]): string {
  const rows = groups.flatMap(({ clusters, changes }) =>
    changes.map((change) => [
      String(clusters.length),
      clusters.join(","),
      change.action,
      change.bundle,
      nameOf(change),
    ]),
  );
  return printColumns(["COUNT", "CLUSTERS", "ACTION", "BUNDLE", "OBJECT"], rows);
}
