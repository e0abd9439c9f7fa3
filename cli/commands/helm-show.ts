import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  type CommandOption,
  requiredArgument,
  textOption,
  UsageError,
} from "../command.ts";
import { optionsOf, refusedEverywhere, type RefusedFlag, refuseFlags } from "../helm/refused-flags.ts";
import { refusedSigning, sourceFlags } from "../helm/source-flags.ts";
import type { Chart } from "../../helm/chart/chart.ts";

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
    const [{ ChartError }, { chartParts, showChart }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/show-chart.ts"),
    ]);
    const part = chartParts.find((name) => name === wanted);
    if (part === undefined) throw new UsageError(`${wanted} cannot be shown: use ${chartParts.join(", ")}`);
    try {
      const text = showChart(await findChart(reference, input, context), part);
      if (text !== "") context.print(text.slice(0, -1));
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};

/** A path that is there, or cannot be anything else, is one; all other words are asked of servers. */
async function findChart(reference: string, input: CommandInput, context: CommandContext): Promise<Chart> {
  const isLocal =
    (textOption(input, "repo") ?? "") === "" &&
    (existsSync(resolve(context.cwd, reference)) || isAbsolute(reference) || reference.startsWith("."));
  if (isLocal) {
    const { openChart } = await import("../helm/open-chart.ts");
    return openChart(reference, context.cwd);
  }
  const [{ fetchReference }, { readSourceRequest }, { loadChartArchive }] = await Promise.all([
    import("../helm/fetch-reference.ts"),
    import("../helm/source-request.ts"),
    import("../../helm/chart/load-chart.ts"),
  ]);
  const { archive, lines } = await fetchReference(reference, readSourceRequest(input, context));
  for (const line of lines) context.printError(line);
  return loadChartArchive(archive);
}
