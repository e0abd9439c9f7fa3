import * as z from "zod";
import { defaultHubBudget, type HubBudget } from "../shared/api/removal-budget.ts";
import { numberSetting, pairsSetting, setting, switchSetting } from "../shared/runtime/config.ts";
import { logLevels } from "../shared/runtime/logger.ts";
import { isSchedule } from "./controllers/maintain-store.ts";

const text = (description: string): z.ZodOptional<z.ZodString> =>
  setting(z.string().min(1).optional(), { description });

/** Every option of the bundler: flag `--data-dir`, environment `BUNDLER_DATA_DIR`, file key `dataDir`. */
export const bundlerConfigSchema = z.object({
  dataDir: setting(z.string().min(1).default("./drover-data"), {
    description: "Folder for the embedded database, keys, certificates and Git object stores. Default ./drover-data.",
  }),
  databaseUrl: setting(z.string().startsWith("postgres").optional(), {
    description: "PostgreSQL (postgres://user:password@host/database) instead of the embedded SQLite.",
    secret: true,
  }),
  host: setting(z.string().min(1).default("127.0.0.1"), { description: "Address to listen on. Default 127.0.0.1." }),
  port: numberSetting(7443, [0, 65_535], "Port to listen on; 0 takes a free one. Default 7443."),
  names: setting(z.union([z.array(z.string()), z.string()]).default([]), {
    description:
      "Further host names and addresses under which agents and people reach the bundler; they go into its certificate.",
    form: "list",
  }),
  tlsCertFile: text("PEM certificate chain to serve instead of one of the bundler's own CA."),
  tlsKeyFile: text("PEM key of tlsCertFile."),
  pollingIntervalSeconds: numberSetting(
    15,
    [1, 86_400],
    "Seconds between looks at a Git remote where the GitRepo names no interval. Default 15.",
  ),
  webhookSecret: setting(z.string().min(8).optional(), {
    description: "Secret that Git servers sign their webhooks with. Without it webhooks are refused.",
    secret: true,
  }),
  git: setting(z.enum(["auto", "command"]).default("auto"), {
    description:
      "auto: the built-in client, and the git program where it is needed (ssh); command: always the git program. Default auto.",
  }),
  githubApiUrl: setting(z.url().optional(), {
    description:
      "API of a GitHub Enterprise Server, such as https://github.example/api/v3, for Secrets of a GitHub App. Default: https://api.<host of the repository>.",
  }),
  chartIntervalSeconds: numberSetting(
    900,
    [0, 604_800],
    "Seconds after which the version ranges of charts are looked up again where the GitRepo has no annotation drover.dev/chart-interval; 0: at new commits only. Default 900.",
  ),
  strict: switchSetting(
    false,
    "Make every warning about a repository an error of its bundle, where the GitRepo has no annotation drover.dev/strict. Default false.",
  ),
  removeBundlesPercent: numberSetting(
    defaultHubBudget.bundlesPercent,
    [0, 100],
    "A commit that takes away more than this share of a GitRepo's bundles waits for approval … Default 30.",
  ),
  removeBundlesAtLeast: numberSetting(
    defaultHubBudget.bundlesAtLeast,
    [0, 1_000_000],
    "… if they are at least so many. A GitRepo's annotation drover.dev/removal-budget counts before all four. Default 10.",
  ),
  loseClustersPercent: numberSetting(
    defaultHubBudget.clustersPercent,
    [0, 100],
    "A change of labels or targets by which more than this share of a GitRepo's clusters would lose bundles waits for approval … Default 30.",
  ),
  loseClustersAtLeast: numberSetting(
    defaultHubBudget.clustersAtLeast,
    [0, 1_000_000],
    "… if they are at least so many. Default 5.",
  ),
  kustomizeBinary: text("Path of kustomize or kubectl for kustomizations. Default: found on PATH."),
  offlineAfterSeconds: numberSetting(
    120,
    [5, 86_400],
    "Seconds of silence after which a cluster's states are shown as Unknown. Default 120.",
  ),
  maintenanceSchedule: setting(
    z.string().refine(isSchedule, "is no cron schedule of five fields").default("17 3 * * *"),
    {
      description:
        "Cron schedule (minute hour day month weekday) on which contents and reports that nothing refers to are removed. Default `17 3 * * *`.",
    },
  ),
  bootstrapTokens: pairsSetting(
    "Registration tokens to make sure of at start, as workspace=token: for installations without a first step by hand.",
    true,
  ),
  kubeconfigFile: text("Where to write the administrator's kubeconfig. Default: admin.kubeconfig in dataDir."),
  logLevel: setting(z.enum(logLevels).default("info"), { description: "debug, info, warn or error. Default info." }),
  metrics: switchSetting(
    true,
    "Serve Prometheus metrics at /metrics, to users whose roles allow `get` of that path (as kube-apiserver does). Default true.",
  ),
  metricsPublic: switchSetting(
    false,
    "Serve /metrics to whoever asks, without a token: they tell how many clusters there are and how they fare. Default false.",
  ),
});

/** The bundler's settings. */
export type BundlerConfig = z.output<typeof bundlerConfigSchema>;

/** Returns what the hub lets go without anybody's word. */
export function removalBudgetOf(config: BundlerConfig): HubBudget {
  return {
    bundlesPercent: config.removeBundlesPercent,
    bundlesAtLeast: config.removeBundlesAtLeast,
    clustersPercent: config.loseClustersPercent,
    clustersAtLeast: config.loseClustersAtLeast,
  };
}
