import { existsSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Chart } from "../../helm/chart/chart.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { textOption } from "../command.ts";
import { checkApiVersion, openChart } from "./open-chart.ts";

/** A chart that was found. */
export interface FoundChart {
  /** Reads it, which Helm does when the values are read. Throws `ChartError`. */
  readonly load: () => Chart;
  /** It is in a directory of this machine, where its dependencies can be put. */
  readonly isFolder: boolean;
}

/**
 * Returns the chart that a word of the command line means: a path that is there, or cannot be anything else, is one; all
 * other words are asked of servers, as the flags of `sourceFlags` say. Throws `ChartError`.
 */
export async function findChart(reference: string, input: CommandInput, context: CommandContext): Promise<FoundChart> {
  const path = resolve(context.cwd, reference);
  const isLocal =
    (textOption(input, "repo") ?? "") === "" &&
    (existsSync(path) || isAbsolute(reference) || reference.startsWith("."));
  if (isLocal) {
    const load = (): Chart => openChart(reference, context.cwd);
    if (!existsSync(path)) load();
    return { load, isFolder: statSync(path).isDirectory() };
  }
  const [{ fetchReference }, { readSourceRequest }, { loadChartArchive }] = await Promise.all([
    import("./fetch-reference.ts"),
    import("./source-request.ts"),
    import("../../helm/chart/load-chart.ts"),
  ]);
  const { archive, lines } = await fetchReference(reference, readSourceRequest(input, context));
  for (const line of lines) context.printError(line);
  return { load: () => checkApiVersion(loadChartArchive(archive)), isFolder: false };
}
