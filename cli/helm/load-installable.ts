import { posix } from "node:path";
import type { Chart } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { missingDependencies } from "../../helm/chart/dependencies/complete-chart.ts";
import type { GoMap } from "../../helm/template/go-value.ts";
import { type CommandContext, type CommandInput, switchOption } from "../command.ts";
import { findChart } from "./find-chart.ts";
import { openChart } from "./open-chart.ts";
import { checkInstallable } from "./template-chart.ts";

/** What a call asks for. */
export interface InstallableRequest {
  readonly input: CommandInput;
  readonly context: CommandContext;
  /** Reads the values that the call gives; asked in the order in which Helm reads them, which decides what fails first. */
  readonly readValues: () => GoMap;
}

/** Returns a chart and its values, its dependencies fetched first where the call asks for that. Throws `ChartError`. */
export async function loadInstallable(
  reference: string,
  { input, context, readValues }: InstallableRequest,
): Promise<{ readonly chart: Chart; readonly values: GoMap }> {
  const { load, isFolder } = await findChart(reference, input, context);
  const values = readValues();
  const chart = load();
  if (!switchOption(input, "dependency-update") || missingDependencies(chart).length === 0) return { chart, values };
  checkInstallable(chart);
  if (!isFolder) throw new ChartError("load", "only unpacked charts can be updated");
  const [{ createDependencyFetcher }, { updateDependencies }] = await Promise.all([
    import("./dependency-fetcher.ts"),
    import("./update-dependencies.ts"),
  ]);
  // Helm makes the path of a chart absolute before it updates it.
  const place = { path: posix.resolve(context.cwd, reference), cwd: context.cwd };
  const fetcher = createDependencyFetcher(input, context);
  await updateDependencies({ place, locked: false, fetcher, print: context.print, nowMs: context.nowMs });
  return { chart: openChart(reference, context.cwd), values };
}
