import {
  type CommandContext,
  type CommandInput,
  type ExitCode,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import type { PlannedDeployment } from "../../shared/protocol/answers.ts";
import { asJson } from "../offline/target-view.ts";
import { printValue } from "../output.ts";
import type { Heard } from "./ask-agents.ts";
import { changes, faults, groupPlans } from "./group-plans.ts";
import { type PlanWords, printPlans } from "./print-plans.ts";

export const exitCodeOption = {
  type: "boolean",
  description: "End with 3 when anything differs or would change, as `drover status` does.",
} as const;

/**
 * Prints what clusters said, those with the same together, and on stderr why others said nothing. Returns 1 when a cluster
 * was not heard, or something cannot be planned or would fail; 3 with `--exit-code` when anything changes; else 0.
 */
export function reportPlans(
  heard: readonly Heard<readonly PlannedDeployment[]>[],
  words: PlanWords,
  { input, context }: { readonly input: CommandInput; readonly context: CommandContext },
): ExitCode {
  const format = textOption(input, "output") ?? "text";
  const groups = groupPlans(heard);
  if (format === "json" || format === "yaml") context.print(printValue(groups.map(asJson), format));
  else if (format !== "text") throw new UsageError(`unknown output format ${format}: use text, yaml or json`);
  else if (groups.length > 0) context.print(printPlans(groups, words));
  for (const line of errorLines(heard)) context.printError(line);
  const all = groups.flatMap(({ deployments }) => deployments);
  if (heard.some(({ error }) => error !== undefined) || (words === "plan" && all.some(faults))) return 1;
  return switchOption(input, "exit-code") && all.some(changes) ? 3 : 0;
}

/** Returns why clusters said nothing, those with the same reason together. */
export function errorLines(heard: readonly Heard<unknown>[]): string[] {
  const silent = new Map<string, string[]>();
  for (const { cluster, error } of heard) {
    if (error === undefined) continue;
    silent.set(error.message, [...(silent.get(error.message) ?? []), cluster]);
  }
  return [...silent].map(([message, clusters]) => {
    const who = clusters.length === 1 ? "cluster" : `${clusters.length} clusters:`;
    return `${who} ${clusters.join(", ")}: ${message}`;
  });
}
