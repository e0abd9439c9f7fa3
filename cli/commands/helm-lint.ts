import { type Command, type CommandOption, requiredArgument, switchOption, textOption } from "../command.ts";
import { optionsOf, refusedEverywhere, refuseFlags } from "../helm/refused-flags.ts";
import { valueFlags } from "../helm/value-flags.ts";

const options: Readonly<Record<string, CommandOption>> = {
  ...valueFlags,
  strict: { type: "boolean", description: "Fail on warnings too." },
  quiet: { type: "boolean", description: "Print warnings and errors only." },
  "with-subcharts": { type: "boolean", description: "Lint the charts below charts/ too." },
  "kube-version": {
    type: "string",
    value: "VERSION",
    description: "Kubernetes version that the chart sees, and that decides which APIs are deprecated.",
  },
  "skip-schema-validation": { type: "boolean", description: "Do not check values against values.schema.json." },
  namespace: {
    type: "string",
    short: "n",
    value: "NAME",
    description: "Namespace of the release. Default: $HELM_NAMESPACE, then default.",
  },
  ...optionsOf(refusedEverywhere),
};

/** `drover helm lint`: what may be wrong with charts, byte for byte as `helm lint` prints it. */
export const helmLint: Command = {
  name: "helm lint",
  summary: "Look for faults in charts as `helm lint` does",
  usage: "PATH...",
  examples: ["drover helm lint ./charts/web -f values-prod.yaml --strict", "drover helm lint ./charts/* --quiet"],
  options,
  run: async (input, context) => {
    requiredArgument(input, 0, "PATH");
    refuseFlags(input, refusedEverywhere);
    // Loaded here, so that other commands start without the engine.
    const [{ ChartError }, { lintCharts }, { readGivenValues }, { readKubeVersion }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/lint-charts.ts"),
      import("../helm/value-options.ts"),
      import("../helm/kube-version.ts"),
    ]);
    try {
      const kubeVersion = readKubeVersion(textOption(input, "kube-version"));
      const { text, failure } = lintCharts({
        paths: input.arguments,
        cwd: context.cwd,
        values: readGivenValues(input, context.cwd),
        namespace: textOption(input, "namespace") ?? context.env["HELM_NAMESPACE"] ?? "default",
        kubeVersion,
        strict: switchOption(input, "strict"),
        quiet: switchOption(input, "quiet"),
        withSubcharts: switchOption(input, "with-subcharts"),
        skipSchemaValidation: switchOption(input, "skip-schema-validation"),
        warn: context.printError,
      });
      if (text !== "") context.print(text.slice(0, -1));
      if (failure === undefined) return 0;
      context.printError(`Error: ${failure}`);
      return 1;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};
