import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  type CommandOption,
  listOption,
  requiredArgument,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";

const many = { type: "string", multiple: true } as const;

const options = {
  values: { ...many, short: "f", value: "FILE", description: "Values from a YAML file; later files win. - is stdin." },
  set: { ...many, value: "KEY=VALUE", description: "Values: a.b=1,list={x,y},list[0].name=z." },
  "set-string": { ...many, value: "KEY=VALUE", description: "Values that are strings whatever they look like." },
  "set-file": { ...many, value: "KEY=PATH", description: "Values that are the text of files." },
  "set-json": { ...many, value: "KEY=JSON", description: "Values as JSON, or all of them as one JSON object." },
  "set-literal": { ...many, value: "KEY=TEXT", description: "One value that is all the text behind the first =." },
  namespace: {
    type: "string",
    short: "n",
    value: "NAME",
    description: "Namespace of the release. Default: $HELM_NAMESPACE, then default.",
  },
  "kube-version": { type: "string", value: "VERSION", description: "Kubernetes version that the chart sees." },
  "api-versions": {
    ...many,
    short: "a",
    value: "LIST",
    description: "API versions that the chart sees besides the usual ones, with commas or repeated.",
  },
  "include-crds": { type: "boolean", description: "Print the files of crds/ too." },
  "show-only": { ...many, short: "s", value: "PATH", description: "Print only what this template, or pattern, gives." },
  "skip-tests": { type: "boolean", description: "Leave test hooks out." },
  "no-hooks": { type: "boolean", description: "Leave all hooks out." },
  "is-upgrade": { type: "boolean", description: "Set .Release.IsUpgrade instead of .Release.IsInstall." },
  "skip-schema-validation": { type: "boolean", description: "Do not check values against values.schema.json." },
  "dependency-update": { type: "boolean", description: "Refused: charts are not fetched." },
  validate: { type: "boolean", description: "Refused: this command talks to no cluster." },
} as const satisfies Record<string, CommandOption>;

/** `drover helm template`: what a chart renders to, byte for byte as `helm template` prints it, without a cluster. */
export const helmTemplate: Command = {
  name: "helm template",
  summary: "Render a chart as `helm template` does",
  usage: "[NAME] CHART",
  examples: [
    "drover helm template web ./charts/web -f values-prod.yaml --set replicas=3",
    "drover helm template web web-1.2.3.tgz --kube-version 1.30 --show-only templates/deployment.yaml",
  ],
  options,
  run: async (input, context) => {
    refuseImpossible(input);
    const [name, reference] =
      input.arguments.length > 1
        ? [requiredArgument(input, 0, "NAME"), requiredArgument(input, 1, "CHART")]
        : ["release-name", requiredArgument(input, 0, "CHART")];
    // Loaded here, so that other commands start without the engine.
    const [{ ChartError }, { openChart }, { readValueLayers }, { templateChart }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/open-chart.ts"),
      import("../../helm/chart/value-layers.ts"),
      import("../helm/template-chart.ts"),
    ]);
    try {
      const values = readValueLayers(valueOptions(input), (path) => readInput(path, context));
      const { text, warnings } = templateChart({
        chart: openChart(reference, context.cwd),
        values,
        name,
        namespace: textOption(input, "namespace") ?? context.env["HELM_NAMESPACE"] ?? "default",
        kubeVersion: textOption(input, "kube-version"),
        apiVersions: listOption(input, "api-versions").flatMap((list) => list.split(",")),
        isUpgrade: switchOption(input, "is-upgrade"),
        includeCrds: switchOption(input, "include-crds"),
        noHooks: switchOption(input, "no-hooks"),
        skipTests: switchOption(input, "skip-tests"),
        skipSchemaValidation: switchOption(input, "skip-schema-validation"),
        showOnly: listOption(input, "show-only"),
      });
      for (const warning of warnings) context.printError(warning);
      context.print(text.slice(0, -1));
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};

function refuseImpossible(input: CommandInput): void {
  if (switchOption(input, "validate")) {
    throw new UsageError(
      "--validate needs a cluster, and this command talks to none: use `kubectl apply --dry-run=server`",
    );
  }
  if (switchOption(input, "dependency-update")) {
    throw new UsageError("--dependency-update would fetch charts, which this command does not do: put them in charts/");
  }
  if (input.arguments.length > 2) {
    throw new UsageError(
      `expected at most two arguments, unexpected arguments: ${input.arguments.slice(2).join(", ")}`,
    );
  }
}

function valueOptions(input: CommandInput) {
  return {
    files: listOption(input, "values").flatMap((list) => list.split(",")),
    set: listOption(input, "set"),
    setString: listOption(input, "set-string"),
    setFile: listOption(input, "set-file"),
    setJson: listOption(input, "set-json"),
    setLiteral: listOption(input, "set-literal"),
  };
}

function readInput(path: string, context: CommandContext): Uint8Array {
  if (path.trim() === "-") return readFileSync(0);
  try {
    return readFileSync(resolve(context.cwd, path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
