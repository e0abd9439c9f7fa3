import * as z from "zod";
import { answeredByDefault } from "../shared/protocol/questions.ts";
import { logLevels } from "../shared/runtime/logger.ts";
import { numberSetting, pairsSetting, setting, switchSetting } from "../shared/runtime/config.ts";
import { agentNamespace } from "./reconcile/marks.ts";

const text = (description: string) => setting(z.string().min(1).optional(), { description });
const minuteMs = 60_000;

/** Every setting of the agent: on the command line, in the environment (`AGENT_…`) and in a file (`--config`). */
export const agentConfigSchema = z.object({
  hub: setting(z.url({ protocol: /^https?$/u }), { description: "Address of the hub, as https://hub.example:8443." }),
  token: setting(z.string().min(1).optional(), {
    description: "Registration token; needed until the cluster is registered.",
    secret: true,
  }),
  kubeconfig: text("Kubeconfig of the cluster that the agent serves. Default: the pod's own service account."),
  context: text("Context of the kubeconfig. Default: its current one."),
  caFile: text("PEM file with the CA that the hub's certificate must come from. Default: the system's CAs."),
  caPin: setting(
    z
      .string()
      .regex(/^(?:sha256:)?[0-9A-Fa-f:]{64,95}$/u, "must be a SHA-256 in hex")
      .optional(),
    {
      description: "SHA-256 of the hub's CA certificate, instead of a file: the hub must show a chain with it.",
    },
  ),
  clusterName: text("Name wanted for the cluster when it registers. Default: the hub makes one."),
  label: pairsSetting("Labels of the cluster when it registers, as key=value; may be repeated."),
  namespace: setting(z.string().min(1).default(agentNamespace), {
    description: "Namespace of the cluster in which the agent keeps its Secrets.",
  }),
  dataDir: setting(z.string().min(1).default("/var/lib/drover-agent"), {
    description: "Folder for the document and blobs used last; the agent goes on from it without the hub.",
  }),
  acceptEpoch: text("Approves following another store of the hub (restored or made anew), named by its epoch."),
  leaderElect: switchSetting(
    false,
    "Several agents serve the cluster: one, which holds the Lease drover-agent, works, the others wait.",
  ),
  leaderName: text("Name of this agent among several. Default: host name, process and a random part."),
  leaseMs: numberSetting(
    15_000,
    [2000, 10 * minuteMs],
    "How long a Lease that is not renewed is respected, in milliseconds.",
  ),
  logLevel: setting(z.enum(logLevels).default("info"), { description: "debug, info, warn or error." }),
  healthPort: numberSetting(0, [0, 65_535], "Port for /livez, /healthz and /metrics; 0: none."),
  waitMs: numberSetting(45_000, [0, 10 * minuteMs], "How long the hub may hold a request for news, in milliseconds."),
  resyncMs: numberSetting(
    60 * minuteMs,
    [1000, 24 * 60 * minuteMs],
    "How often everything is compared anew, in milliseconds.",
  ),
  concurrency: numberSetting(8, [1, 64], "Deployments worked on side by side."),
  maxKubeRequests: numberSetting(16, [1, 256], "Requests to the API server at the same time, watches aside."),
  cacheMb: numberSetting(
    256,
    [1, 100_000],
    "Size of the blob cache on disk, in MB; what is needed now is always kept.",
  ),
  renderTimeoutMs: numberSetting(
    30_000,
    [100, 10 * minuteMs],
    "How long templates of one bundle may take by the clock, in milliseconds.",
  ),
  renderCpuMs: numberSetting(
    2000,
    [100, 10 * minuteMs],
    "How much CPU time the chart of one bundle may take, in milliseconds.",
  ),
  showLogs: switchSetting(true, "Tell the hub the last line that a crashing container logged."),
  answerObject: switchSetting(
    answeredByDefault.object,
    "Show the hub's users live objects of a bundle when they ask; values of Secrets are hidden.",
  ),
  answerDiff: switchSetting(
    answeredByDefault.diff,
    "Show the hub's users how a bundle differs from Git when they ask.",
  ),
  answerEvents: switchSetting(
    answeredByDefault.events,
    "Show the hub's users Events about what is not ready when they ask.",
  ),
  answerLogs: switchSetting(
    answeredByDefault.logs,
    "Show the hub's users the last log lines of pods that are not ready when they ask; logs may hold secrets.",
  ),
  answerInventory: switchSetting(
    answeredByDefault.inventory,
    "List for the hub's users what a bundle owns when they ask.",
  ),
  answerPlan: switchSetting(
    answeredByDefault.plan,
    "Try for the hub's users, by dry runs, what a commit would change when they ask.",
  ),
  answerPlanSecrets: switchSetting(
    false,
    "Plan also commits that read Secrets of the cluster, with what is in them: whoever may ask could make them show it.",
  ),
  answerAnyObject: switchSetting(false, "Show also objects that no bundle owns; values of Secrets are hidden."),
  renderHeapMb: numberSetting(256, [16, 4096], "How much memory templates of one bundle may use, in MB."),
  kustomizeBinary: text("Path of kustomize or kubectl, for kustomizations over charts. Default: found on PATH."),
  removeSharePercent: numberSetting(
    50,
    [0, 100],
    "Removals from a deployment that stays wait for approval beyond this share …",
  ),
  removeShareAbove: numberSetting(20, [0, 1_000_000], "… if there are more than this many,"),
  removeCount: numberSetting(100, [0, 1_000_000], "… or if there are more than this many in any case."),
});

export type AgentConfig = z.infer<typeof agentConfigSchema>;
