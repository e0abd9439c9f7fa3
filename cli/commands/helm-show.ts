import { type Command, requiredArgument, UsageError } from "../command.ts";

/** `drover helm show`: what is in a chart, as `helm show` prints it. */
export const helmShow: Command = {
  name: "helm show",
  summary: "Print a chart's Chart.yaml, values, README or definitions",
  usage: "all|chart|values|readme|crds CHART",
  examples: ["drover helm show values ./charts/web", "drover helm show chart web-1.2.3.tgz"],
  options: {},
  run: async (input, context) => {
    const wanted = requiredArgument(input, 0, "what to show");
    const reference = requiredArgument(input, 1, "CHART");
    // Loaded here, so that other commands start without the engine.
    const [{ ChartError }, { openChart }, { chartParts, showChart }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/open-chart.ts"),
      import("../helm/show-chart.ts"),
    ]);
    const part = chartParts.find((name) => name === wanted);
    if (part === undefined) throw new UsageError(`${wanted} cannot be shown: use ${chartParts.join(", ")}`);
    try {
      const text = showChart(openChart(reference, context.cwd), part);
      if (text !== "") context.print(text.slice(0, -1));
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};
