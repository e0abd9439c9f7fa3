import type { Command } from "./command.ts";
import { approveBundle } from "./commands/approve-bundle.ts";
import { approveGitRepo } from "./commands/approve.ts";
import { bundleCommand } from "./commands/bundle.ts";
import { describeCommand } from "./commands/describe.ts";
import { diffCommand } from "./commands/diff.ts";
import { explainCommand } from "./commands/explain.ts";
import { getCommand } from "./commands/get.ts";
import { addGitRepo, deleteGitRepo } from "./commands/gitrepo.ts";
import { helmShow } from "./commands/helm-show.ts";
import { helmTemplate } from "./commands/helm-template.ts";
import { kubeconfigCommand } from "./commands/kubeconfig.ts";
import { lintCommand } from "./commands/lint.ts";
import { labelCommand } from "./commands/label.ts";
import { createRegisterToken, deleteRegisterToken } from "./commands/register-token.ts";
import { renderCommand } from "./commands/render.ts";
import { programCommand } from "./commands/run-program.ts";
import { statusCommand } from "./commands/status.ts";
import { targetCommand } from "./commands/target.ts";
import { createUser, deleteUser } from "./commands/user.ts";

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  statusCommand,
  getCommand,
  describeCommand,
  labelCommand,
  addGitRepo,
  deleteGitRepo,
  approveGitRepo,
  approveBundle,
  createRegisterToken,
  deleteRegisterToken,
  createUser,
  deleteUser,
  kubeconfigCommand,
  bundleCommand,
  targetCommand,
  renderCommand,
  lintCommand,
  diffCommand,
  explainCommand,
  helmTemplate,
  helmShow,
  programCommand("bundler", "Run the bundler (hub)", ["drover bundler --data-dir ./drover-data --port 7443"]),
  programCommand("agent", "Run the agent of a cluster", [
    "drover agent --hub https://hub.example:7443 --token WORD --ca-pin PIN --kubeconfig FILE",
  ]),
];
