import { type Command, type CommandOption, requiredArgument, UsageError } from "../command.ts";
import { optionsOf, refusedEverywhere, type RefusedFlag, refuseFlags } from "../helm/refused-flags.ts";
import { refusedSigning, sourceFlags } from "../helm/source-flags.ts";

const refused: Readonly<Record<string, RefusedFlag>> = {
  jsonpath: { type: "string", reason: "values are printed whole; pick from them with `yq`" },
  ...refusedSigning,
  ...refusedEverywhere,
  namespace: { type: "string", reason: "a chart has no namespace" },
};

const options: Readonly<Record<string, CommandOption>> = {
  ...sourceFlags,
  ...optionsOf(refused),
  namespace: { type: "string", short: "n", value: "VALUE", description: "Refused: a chart has no namespace." },
};

/** `drover helm show`: what is in a chart, as `helm show` prints it. */
export const helmShow: Command = {
  name: "helm show",
  summary: "Print a chart's Chart.yaml, values, README or definitions",
  usage: "all|chart|values|readme|crds CHART",
  examples: [
    "drover helm show values ./charts/web",
    "drover helm show chart web --repo https://charts.example --version ^2.0.0",
    "drover helm show readme oci://registry.example/charts/web",
  ],
  options,
  run: async (input, context) => {
    const wanted = requiredArgument(input, 0, "what to show");
    const reference = requiredArgument(input, 1, "CHART");
    if (input.arguments.length > 2) throw new UsageError("one chart at a time");
    refuseFlags(input, refused);
    // Loaded here, so that other commands start without the engine.
    const [{ ChartError }, { findChart }, { chartParts, showChart }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/find-chart.ts"),
      import("../helm/show-chart.ts"),
    ]);
    const part = chartParts.find((name) => name === wanted);
    if (part === undefined) throw new UsageError(`${wanted} cannot be shown: use ${chartParts.join(", ")}`);
    try {
      const { load } = await findChart(reference, input, context);
      const text = showChart(load(), part);
      if (text !== "") context.print(text.slice(0, -1));
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};
