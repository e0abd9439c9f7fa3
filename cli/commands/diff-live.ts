import type { PlannedDeployment } from "../../shared/protocol/answers.ts";
import { AppError } from "../../shared/errors.ts";
import { type CommandContext, type CommandInput, type ExitCode, requiredArgument, textOption } from "../command.ts";
import { askDeployment, askEach, findDeployments, timeoutOption, timeoutSeconds } from "../live/ask-agents.ts";
import { exitCodeOption, reportPlans } from "../live/report-plans.ts";

/** Options of `drover diff` that are for `--live`. */
export const liveOptions = {
  live: {
    type: "boolean",
    description:
      "Compare a bundle with what its clusters have, asked through their agents: `drover diff --live BUNDLE`.",
  },
  "exit-code": exitCodeOption,
  timeout: timeoutOption,
} as const;

/** `drover diff --live BUNDLE`: what on which clusters is not as Git says, field by field, with who changed it. */
export async function diffLive(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const bundle = requiredArgument(input, 0, "BUNDLE");
  const cluster = textOption(input, "cluster");
  const seconds = timeoutSeconds(input);
  const hub = await context.hub(input);
  const deployments = await findDeployments(hub, { bundle, cluster });
  if (deployments.length === 0) {
    const where = cluster === undefined ? "no cluster of" : `not cluster ${cluster} of`;
    throw new AppError("HUB_REFUSED", `bundle ${bundle} is aimed at ${where} workspace ${hub.namespace}`);
  }
  const heard = await askEach(deployments, async (one): Promise<readonly PlannedDeployment[]> => {
    const { deployment } = await askDeployment(hub, one, { subresource: "diff", query: {}, seconds });
    // What Git has left behind is `drover plan`'s matter, and so is what an apply would run.
    return [{ ...deployment, hooks: [], released: [] }];
  });
  return reportPlans(heard, "diff", { input, context });
}
