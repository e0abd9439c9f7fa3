import * as z from "zod";

/** What `adopt` leaves on Fleet's Cluster: the evidence that later steps stand on. */
export const adoptedSchema = z.object({
  time: z.string(),
  /** `<workspace>/<bundle>` of every deployment that Drover has made Ready. */
  deployments: z.array(z.string()),
  /** `<workspace>/<name>` of the GitRepos that they came from. */
  gitRepos: z.array(z.string()),
  /** By `<namespace>/<name>` of the Helm releases that they were: the uids of the Secrets that Helm kept of each. */
  releases: z.record(z.string(), z.array(z.string())),
});

/** What `stop-agent` leaves there. */
export const stoppedSchema = z.object({
  time: z.string(),
  /** Replicas before, by kind and `<namespace>/<name>`. */
  replicas: z.record(z.string(), z.number()),
  /** `<workspace>/<bundle>` of the deployments that were applied with keepResources when the agent was stopped. */
  deployments: z.array(z.string()),
});

export type Stopped = z.infer<typeof stoppedSchema>;
export type Adopted = z.infer<typeof adoptedSchema>;

/** One Bundle of a GitRepo on one cluster, as Fleet has it. */
export interface FleetDeployment {
  /** `<workspace>/<bundle>`. */
  readonly id: string;
  /** `<workspace>/<name>` of its GitRepo. */
  readonly gitRepo: string;
  /** `<namespace>/<name>` of its Helm release; "" when Fleet's agent never applied it. */
  readonly release: string;
  /** Its current options say keepResources. */
  readonly keepResources: boolean;
  /** Fleet's agent has applied the current deployment ID. */
  readonly observed: boolean;
  /** Fleet holds changes of it back. */
  readonly paused: boolean;
}

/** One cluster as Fleet's management cluster, and the cluster itself where it was asked, say. */
export interface MigratingCluster {
  readonly workspace: string;
  readonly name: string;
  readonly deployments: readonly FleetDeployment[];
  /** Asked in the cluster; `unknown` when there was no kubeconfig for it. */
  readonly agent: "running" | "stopped" | "unknown";
  readonly stopped: Stopped | undefined;
  readonly adopted: Adopted | undefined;
  readonly releasesRemoved: boolean;
  /** Deployments of no GitRepo, of HelmOps for one: Drover does not take them over. */
  readonly others: readonly string[];
}

/** All that the order of steps depends on. */
export interface MigrationState {
  readonly gitRepos: readonly { readonly id: string; readonly keepResources: boolean }[];
  readonly clusters: readonly MigratingCluster[];
}
