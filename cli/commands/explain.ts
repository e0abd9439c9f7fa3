import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import { closestWord } from "../../shared/bundle/suggest-key.ts";
import { AppError } from "../../shared/errors.ts";
import { factsOf } from "../../shared/targeting/target-bundle.ts";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  requiredArgument,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { renderCpuOf } from "../helm/render-cpu.ts";
import { explainObject, traceBundle } from "../offline/explain-object.ts";
import { explainOption, type ExplainStep, type OptionPath, valueAt } from "../offline/explain-option.ts";
import { keyOf } from "../offline/explain-value.ts";
import { printPlace } from "../offline/findings.ts";
import { offlineOptions, readSettings, readTree } from "../offline/offline-options.ts";
import { isNamed, type ObjectField, type ObjectName } from "../offline/object-name.ts";
import { createOfflineRenderer } from "../offline/offline-renderer.ts";
import { kubeVersionOf, renderOptions } from "../offline/render-all.ts";
import type { OfflineFault } from "../offline/fault-document.ts";
import { errorsOption, reportFaults, writeFaults } from "../offline/report.ts";
import { clusterOptions, readWorld, type Targeted, targetAll } from "../offline/target-all.ts";
import { asJson } from "../offline/target-view.ts";
import { objectName as nameOf, printColumns, printValue } from "../output.ts";

export const explainCommand: Command = {
  name: "explain",
  summary:
    "Show for one option, value or field of an object on one cluster which file, line and rule put it there; the last line decides",
  usage: "BUNDLE [KIND/[NAMESPACE/]NAME] FIELD --clusters FILE --cluster NAME [PATH …]",
  examples: [
    "drover explain config-web helm.values.image.tag --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
    "drover explain config-web Deployment/web spec.replicas --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
    "drover explain config-web defaultNamespace --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    ...renderOptions,
    output: { type: "string", short: "o", value: "FORMAT", description: "table (default), yaml or json." },
    ...errorsOption,
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
    const own = faults.filter(({ bundle }) => bundle === undefined || bundle === name);
    writeFaults(own, input, context);
    const targeted = entries.find(({ assembled }) => assembled.bundle.metadata.name === name);
    const fault = faults.find(({ bundle }) => bundle === name);
    if (targeted === undefined) {
      if (fault !== undefined) return reportFaults({ warnings: [], faults: own }, input, context);
      const names = entries.map(({ assembled }) => assembled.bundle.metadata.name ?? "").join(", ");
      throw new UsageError(`there is no bundle ${name}: there are ${names || "none"}`);
    }
    if (fault !== undefined) context.printError(`${fault.error.code}: ${fault.error.message}`);
    if (targeted.entry.outcome === undefined)
      context.printError(`bundle ${name} is not aimed at ${cluster}: this is what all clusters have in common`);
    const path = parsePath(field);
    const found =
      wanted === undefined
        ? { steps: explainOption(targeted, tree, path), whole: asJson(targeted.entry.deployment?.options ?? {}) }
        : await explainRendered(targeted, { wanted, path }, { tree, input, context }).catch(onlyFault);
    if (found instanceof AppError) {
      const rendering: OfflineFault = { phase: "deploy", bundle: name, cluster, error: found };
      return reportFaults({ warnings: [], faults: [...own, rendering] }, input, context);
    }
    if (found.steps.length === 0) {
      const near = nearPath(found.whole, path);
      const hint = near === undefined ? "check its spelling" : `did you mean ${near}?`;
      throw new AppError("INPUT_FILE_INVALID", `nothing sets ${field} of bundle ${name} on ${cluster}: ${hint}`, {
        verdict: "stalled",
      });
    }
    const { steps } = found;
    if (format === "table")
      context.print(
        printColumns(
          ["PLACE", "RULE", "VALUE"],
          steps.map(({ rule, position, value, handsOn }) => [
            printPlace(position) || "-",
            rule,
            value !== undefined ? printJson(value) : handsOn === true ? "" : "(none)",
          ]),
        ),
      );
    else context.print(printValue(steps.map(asJson), format));
    return fault === undefined ? 0 : 1;
  },
};

/** Wrong usage and defects are thrown on. */
function onlyFault(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}

/** Reads `Deployment/web` or `Deployment/shop/web`; anything else is a field. */
function objectName(text: string): ObjectName | undefined {
  const [, kind, namespace, name] = /^([A-Z]\w*)\/(?:([^/]+)\/)?([^/]+)$/u.exec(text) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind, name, namespace };
}

interface Call {
  readonly tree: RepoTree;
  readonly input: CommandInput;
  readonly context: CommandContext;
}

/** Renders the bundle, charts with a trace, and explains a field of one of its objects. */
async function explainRendered(
  targeted: Targeted,
  field: ObjectField,
  { tree, input, context }: Call,
): Promise<{ readonly steps: readonly ExplainStep[]; readonly whole: JsonObject }> {
  const { assembled, entry, cluster } = targeted;
  const { namespace = "", name = "" } = assembled.bundle.metadata;
  if (entry.deployment?.promoted !== true) throw new UsageError(`bundle ${name} is not deployed to ${cluster}`);
  const { options } = entry.deployment;
  const facts = factsOf(entry.cluster);
  const kubeVersion = kubeVersionOf(input);
  const given = { bundle: `${namespace}/${name}`, content: assembled.content, options, facts, kubeVersion };
  const rendering = { ...given, namespaces: "offline", ...renderCpuOf(context.env) } as const;
  const traced = traceBundle(rendering);
  await using renderer = await createOfflineRenderer({
    kubeVersion,
    fleetMarks: switchOption(input, "fleet-marks"),
    path: context.env["PATH"] ?? "",
    ...renderCpuOf(context.env),
  });
  const random = traced === undefined ? {} : { random: traced.random };
  const { objects } = await renderer.render({ assembled, options, facts, ...random });
  const rendered = findNamed(objects.map(asJson), field.wanted);
  return { steps: explainObject(targeted, field, { tree, input: rendering, rendered, traced }), whole: rendered };
}

function findNamed(objects: readonly JsonObject[], wanted: ObjectName): JsonObject {
  const found = objects.find((object) => isNamed(object, wanted));
  if (found !== undefined) return found;
  const names = objects.map((object) => `${textOf(object["kind"])}/${nameOf(object)}`);
  const asked = `${wanted.kind}/${wanted.name}`;
  const near = closestWord(asked, names) ?? names.find((name) => name.toLowerCase() === asked.toLowerCase());
  const hint = near === undefined ? "" : `did you mean ${near}? `;
  throw new UsageError(`the bundle has no ${asked} there: ${hint}it has ${names.join(", ") || "none"}`);
}

/** Returns the path with its first unknown key replaced by one that is nearly the same. */
function nearPath(whole: JsonObject, path: OptionPath): string | undefined {
  const at = path.findIndex((_, index) => valueAt(whole, path.slice(0, index + 1)) === undefined);
  const above = valueAt(whole, path.slice(0, Math.max(at, 0)));
  if (at < 0 || above === undefined || !isJsonObject(above)) return undefined;
  const near = closestWord(String(path[at]), Object.keys(above));
  return near === undefined ? undefined : keyOf([...path.slice(0, at), near, ...path.slice(at + 1)]);
}

/** Reads `a.b[0]["c.d"]`. */
function parsePath(text: string): OptionPath {
  const steps = [...text.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/gu)];
  return steps.map(([, quoted, index, plain]) => (index === undefined ? (quoted ?? plain ?? "") : Number(index)));
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
