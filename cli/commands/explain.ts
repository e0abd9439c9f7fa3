import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { AppError } from "../../shared/errors.ts";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  requiredArgument,
  textOption,
  UsageError,
} from "../command.ts";
import { explainObject, isNamed, type ObjectName } from "../offline/explain-object.ts";
import { explainOption, type OptionPath } from "../offline/explain-option.ts";
import { printPlace } from "../offline/findings.ts";
import { offlineOptions, readSettings, readTree } from "../offline/offline-options.ts";
import { renderAll, renderOptions } from "../offline/render-all.ts";
import { clusterOptions, readWorld, type Targeted, targetAll } from "../offline/target-all.ts";
import { asJson } from "../offline/target-view.ts";
import { objectName as nameOf, printColumns, printValue } from "../output.ts";

export const explainCommand: Command = {
  name: "explain",
  summary:
    "Show for one option, value or field of an object on one cluster which file, line and rule put it there; the last line decides",
  usage: "BUNDLE [KIND/NAME] FIELD --clusters FILE --cluster NAME [PATH …]",
  examples: [
    "drover explain config-web helm.values.image.tag --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
    "drover explain config-web Deployment/web spec.replicas --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
    "drover explain config-web defaultNamespace --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    "kube-version": renderOptions["kube-version"],
    output: { type: "string", short: "o", value: "FORMAT", description: "table (default), yaml or json." },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "BUNDLE");
    const wanted = objectName(requiredArgument(input, 1, "FIELD, such as helm.values.image.tag"));
    const fieldIndex = wanted === undefined ? 1 : 2;
    const field = requiredArgument(input, fieldIndex, "FIELD, such as spec.replicas");
    const format = textOption(input, "output") ?? "table";
    if (format !== "table" && format !== "yaml" && format !== "json")
      throw new UsageError(`unknown output format ${format}: use table, yaml or json`);
    const cluster = textOption(input, "cluster");
    if (cluster === undefined) throw new UsageError("--cluster is missing: a value may differ between clusters");
    const settings = readSettings(input, context, input.arguments.slice(fieldIndex + 1));
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
    const path = parsePath(field);
    const steps =
      wanted === undefined
        ? explainOption(targeted, tree, path)
        : explainObject(targeted, { wanted, path }, await renderedObject(targeted, wanted, { input, context }));
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

/** Reads `Deployment/web`; anything else is a field. */
function objectName(text: string): ObjectName | undefined {
  const [, kind, name] = /^([A-Z]\w*)\/(.+)$/u.exec(text) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind, name };
}

async function renderedObject(
  targeted: Targeted,
  wanted: ObjectName,
  { input, context }: { readonly input: CommandInput; readonly context: CommandContext },
): Promise<JsonObject> {
  const { rendered, faults } = await renderAll([targeted], input, context);
  const [fault] = faults;
  if (fault !== undefined) throw fault.error;
  const objects = rendered.flatMap((deployment) => deployment.objects);
  const found = objects.find((object) => isNamed(object, wanted));
  if (found !== undefined) return found;
  const names = objects.map((object) => `${textOf(object["kind"])}/${nameOf(object)}`).join(", ");
  throw new UsageError(`the bundle has no ${wanted.kind}/${wanted.name} there: it has ${names || "none"}`);
}

/** Reads `a.b[0]["c.d"]`. */
function parsePath(text: string): OptionPath {
  const steps = [...text.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/gu)];
  return steps.map(([, quoted, index, plain]) => (index === undefined ? (quoted ?? plain ?? "") : Number(index)));
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
