import { printJson } from "../../codec/print-json.ts";
import { AppError } from "../../shared/errors.ts";
import { type Command, requiredArgument, textOption, UsageError } from "../command.ts";
import { explainOption, type OptionPath } from "../offline/explain-option.ts";
import { printPlace } from "../offline/findings.ts";
import { offlineOptions, readSettings, readTree } from "../offline/offline-options.ts";
import { clusterOptions, readWorld, targetAll } from "../offline/target-all.ts";
import { asJson } from "../offline/target-view.ts";
import { printColumns, printValue } from "../output.ts";

export const explainCommand: Command = {
  name: "explain",
  summary: "Show for one option or value on one cluster which file, line and rule put it there; the last line decides",
  usage: "BUNDLE FIELD --clusters FILE --cluster NAME [PATH …]",
  examples: [
    "drover explain config-web helm.values.image.tag --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
    "drover explain config-web defaultNamespace --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    output: { type: "string", short: "o", value: "FORMAT", description: "table (default), yaml or json." },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "BUNDLE");
    const field = requiredArgument(input, 1, "FIELD, such as helm.values.image.tag");
    const format = textOption(input, "output") ?? "table";
    if (format !== "table" && format !== "yaml" && format !== "json")
      throw new UsageError(`unknown output format ${format}: use table, yaml or json`);
    const cluster = textOption(input, "cluster");
    if (cluster === undefined) throw new UsageError("--cluster is missing: a value may differ between clusters");
    const settings = readSettings(input, context, input.arguments.slice(2));
    const world = readWorld(input, context.cwd, settings.options.namespace);
    const tree = await readTree(input, context.cwd, textOption(input, "rev"));
    const { entries, faults } = await targetAll({ ...settings, tree }, world, cluster);
    const targeted = entries.find(({ assembled }) => assembled.bundle.metadata.name === name);
    const fault = faults.find(({ bundle }) => bundle === name);
    if (targeted === undefined) {
      if (fault !== undefined) throw fault.error;
      const names = entries.map(({ assembled }) => assembled.bundle.metadata.name ?? "").join(", ");
      throw new UsageError(`there is no bundle ${name}: there are ${names || "none"}`);
    }
    if (fault !== undefined) context.printError(`${fault.error.code}: ${fault.error.message}`);
    if (targeted.entry.outcome === undefined)
      context.printError(`bundle ${name} is not aimed at ${cluster}: this is what all clusters have in common`);
    const steps = explainOption(targeted, tree, parsePath(field));
    if (steps.length === 0)
      throw new AppError(
        "INPUT_FILE_INVALID",
        `nothing sets ${field} of bundle ${name} on ${cluster}: check its spelling`,
        {
          verdict: "stalled",
        },
      );
    if (format === "table")
      context.print(
        printColumns(
          ["PLACE", "RULE", "VALUE"],
          steps.map(({ rule, position, value }) => [
            printPlace(position) || "-",
            rule,
            value === undefined ? "(none)" : printJson(value),
          ]),
        ),
      );
    else context.print(printValue(steps.map(asJson), format));
    return fault === undefined ? 0 : 1;
  },
};

/** Reads `a.b[0]["c.d"]`. */
function parsePath(text: string): OptionPath {
  const steps = [...text.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/gu)];
  return steps.map(([, quoted, index, plain]) => (index === undefined ? (quoted ?? plain ?? "") : Number(index)));
}
