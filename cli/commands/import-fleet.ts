import { resolve } from "node:path";
import { defaultAgentNamespace } from "../../shared/api/annotations.ts";
import { type Command, listOption, requiredArgument, switchOption, textOption, UsageError } from "../command.ts";
import type { ImportStep } from "../import/import-steps.ts";

const defaultTimeoutSeconds = 600;

/** Steps by name, in their order; each is loaded when it is called. */
const steps: Readonly<Record<string, () => Promise<ImportStep>>> = {
  manifests: async () => (await import("../import/step-manifests.ts")).stepManifests,
  keep: async () => (await import("../import/step-keep.ts")).stepKeep,
  "stop-agent": async () => (await import("../import/step-stop-agent.ts")).stepStopAgent,
  adopt: async () => (await import("../import/step-adopt.ts")).stepAdopt,
  "delete-gitrepos": async () => (await import("../import/step-delete-git-repos.ts")).stepDeleteGitRepos,
  "remove-releases": async () => (await import("../import/step-remove-releases.ts")).stepRemoveReleases,
  status: async () => (await import("../import/step-status.ts")).stepStatus,
};

/** `drover import fleet`: the move from Fleet, step by step, each refused until those before it are done. */
export const importFleet: Command = {
  name: "import fleet",
  summary: "Move from Fleet to Drover step by step, without deleting or restarting anything",
  usage: `${Object.keys(steps).join("|")} --kubeconfig FILE`,
  examples: [
    "drover import fleet manifests --kubeconfig fleet.kubeconfig -o dir=imported",
    "drover import fleet keep --kubeconfig fleet.kubeconfig",
    "drover import fleet stop-agent --kubeconfig fleet.kubeconfig --cluster prod-us --cluster-kubeconfig prod-us.kubeconfig",
    "drover import fleet adopt --kubeconfig fleet.kubeconfig --cluster prod-us --cluster-kubeconfig prod-us.kubeconfig",
    "drover import fleet delete-gitrepos --kubeconfig fleet.kubeconfig",
    "drover import fleet remove-releases --kubeconfig fleet.kubeconfig --cluster prod-us --cluster-kubeconfig prod-us.kubeconfig",
    "drover import fleet status --kubeconfig fleet.kubeconfig",
  ],
  options: {
    kubeconfig: {
      type: "string",
      value: "FILE",
      description: "Kubeconfig of the cluster on which Fleet's controllers run. Has no default.",
    },
    context: { type: "string", value: "NAME", description: "Context of that kubeconfig. Default: its current one." },
    namespace: {
      type: "string",
      short: "n",
      value: "NAME",
      multiple: true,
      description: "Only this workspace; may be repeated. Default: all. Steps with --cluster are for all of them.",
    },
    cluster: {
      type: "string",
      value: "NAME",
      description: "Fleet's name of the cluster that the step is for, or WORKSPACE/NAME.",
    },
    "cluster-kubeconfig": { type: "string", value: "FILE", description: "Kubeconfig of that cluster." },
    "cluster-context": { type: "string", value: "NAME", description: "Context of that kubeconfig." },
    "hub-kubeconfig": {
      type: "string",
      value: "FILE",
      description: "For adopt: kubeconfig of Drover's hub. Default: as in other commands.",
    },
    "hub-context": { type: "string", value: "NAME", description: "Context of that kubeconfig." },
    "agent-namespace": {
      type: "string",
      value: "NAME",
      description: `Namespace of Drover's agent. Default ${defaultAgentNamespace}.`,
    },
    output: {
      type: "string",
      short: "o",
      value: "FORMAT",
      description: "For manifests: yaml (default), or dir=FOLDER.",
    },
    secrets: { type: "boolean", description: "For manifests: write the Secrets that GitRepos name, too." },
    timeout: {
      type: "string",
      value: "SECONDS",
      description: `How long a step waits. Default ${defaultTimeoutSeconds}.`,
    },
    "dry-run": { type: "boolean", description: "Say what would be done and what is missing; change nothing." },
  },
  run: async (input, context) => {
    const name = requiredArgument(input, 0, "the step");
    const load = Object.hasOwn(steps, name) ? steps[name] : undefined;
    if (load === undefined) throw new UsageError(`${name} is no step: use ${Object.keys(steps).join(", ")}`);
    const file = textOption(input, "kubeconfig");
    if (file === undefined) throw new UsageError("--kubeconfig is missing: that of the cluster on which Fleet runs");
    const timeout = textOption(input, "timeout") ?? String(defaultTimeoutSeconds);
    if (!/^\d{1,6}$/u.test(timeout)) throw new UsageError(`--timeout ${timeout} is no number of seconds`);
    const { connectFleet } = await import("../hub-client.ts");
    const step = await load();
    return step({
      input,
      context,
      fleet: await connectFleet(resolve(context.cwd, file), textOption(input, "context")),
      workspaces: listOption(input, "namespace"),
      dryRun: switchOption(input, "dry-run"),
      timeoutMs: Number(timeout) * 1000,
    });
  },
};
