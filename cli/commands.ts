import type { Command } from "./command.ts";

/** Every command by its name, in the order of help. Each is loaded when it is called, with what it alone needs. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  status: async () => (await import("./commands/status.ts")).statusCommand,
  get: async () => (await import("./commands/get.ts")).getCommand,
  describe: async () => (await import("./commands/describe.ts")).describeCommand,
  label: async () => (await import("./commands/label.ts")).labelCommand,
  "gitrepo add": async () => (await import("./commands/gitrepo.ts")).addGitRepo,
  "gitrepo delete": async () => (await import("./commands/gitrepo.ts")).deleteGitRepo,
  "approve gitrepo": async () => (await import("./commands/approve.ts")).approveGitRepo,
  "approve bundle": async () => (await import("./commands/approve-bundle.ts")).approveBundle,
  "approve restore": async () => (await import("./commands/approve-restore.ts")).approveRestore,
  "register-token create": async () => (await import("./commands/register-token.ts")).createRegisterToken,
  "register-token delete": async () => (await import("./commands/register-token.ts")).deleteRegisterToken,
  "user create": async () => (await import("./commands/user.ts")).createUser,
  "user delete": async () => (await import("./commands/user.ts")).deleteUser,
  kubeconfig: async () => (await import("./commands/kubeconfig.ts")).kubeconfigCommand,
  bundle: async () => (await import("./commands/bundle.ts")).bundleCommand,
  target: async () => (await import("./commands/target.ts")).targetCommand,
  render: async () => (await import("./commands/render.ts")).renderCommand,
  test: async () => (await import("./commands/test.ts")).testCommand,
  lint: async () => (await import("./commands/lint.ts")).lintCommand,
  diff: async () => (await import("./commands/diff.ts")).diffCommand,
  plan: async () => (await import("./commands/plan.ts")).planCommand,
  explain: async () => (await import("./commands/explain.ts")).explainCommand,
  "helm template": async () => (await import("./commands/helm-template.ts")).helmTemplate,
  "helm show": async () => (await import("./commands/helm-show.ts")).helmShow,
  "helm pull": async () => (await import("./commands/helm-pull.ts")).helmPull,
  "helm dependency": async () => (await import("./commands/helm-dependency.ts")).helmDependency,
  "helm lint": async () => (await import("./commands/helm-lint.ts")).helmLint,
  "import fleet": async () => (await import("./commands/import-fleet.ts")).importFleet,
  bundler: async () => (await import("./commands/run-program.ts")).bundlerCommand,
  "agent install": async () => (await import("./commands/agent-install.ts")).installAgent,
  "agent doctor": async () => (await import("./commands/run-program.ts")).agentDoctor,
  agent: async () => (await import("./commands/run-program.ts")).agentCommand,
};

/** Short names, as Helm has them. */
const aliases: Readonly<Record<string, string>> = {
  "helm dep": "helm dependency",
  "helm dependencies": "helm dependency",
};

/** Returns a command by its name or a short one, `undefined` when there is none. */
export async function loadCommand(word: string): Promise<Command | undefined> {
  const name = Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
  return Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined;
}

/** Returns every command, in the order of help. */
export async function loadAllCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(loaders).map(async (load) => load()));
}
