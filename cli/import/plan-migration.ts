import type { FleetDeployment, MigratingCluster, MigrationState } from "./migration-state.ts";

/** Steps that change something, in the only order in which nothing can be deleted. */
export const migrationSteps = ["keep", "stop-agent", "adopt", "delete-gitrepos", "remove-releases"] as const;
export type MigrationStep = (typeof migrationSteps)[number];

/** One step on one cluster. */
export interface PlannedStep {
  readonly step: MigrationStep;
  readonly done: boolean;
  /** Why it is not done, one line each. */
  readonly missing: readonly string[];
  /** What to call for it. */
  readonly command: string;
}

/** A cluster's steps, in order. */
export interface ClusterPlan {
  /** `<workspace>/<name>`. */
  readonly cluster: string;
  readonly steps: readonly PlannedStep[];
  /** The first step that is not done. */
  readonly next: PlannedStep | undefined;
}

/** What is done and what is next, for each cluster that GitRepos of Fleet are, or were, deployed to. */
export interface MigrationPlan {
  readonly clusters: readonly ClusterPlan[];
  /** GitRepos that Fleet still has. */
  readonly gitRepos: readonly string[];
  readonly done: boolean;
}

/** Returns which steps are done, by what Fleet and the clusters say now; nothing but that state is remembered. */
export function planMigration(state: MigrationState): MigrationPlan {
  const clusters = state.clusters
    .filter(({ deployments, adopted }) => deployments.length > 0 || adopted !== undefined)
    .map((cluster) => planCluster(cluster, state.gitRepos));
  const gitRepos = state.gitRepos.map(({ id }) => id);
  return { clusters, gitRepos, done: gitRepos.length === 0 && clusters.every(({ next }) => next === undefined) };
}

/** Returns what stands between a cluster and a step: the first earlier step that is not done, undefined when all are. */
export function firstEarlierStep(plan: ClusterPlan, step: MigrationStep): PlannedStep | undefined {
  return plan.steps.slice(0, migrationSteps.indexOf(step)).find(({ done }) => !done);
}

function planCluster(cluster: MigratingCluster, gitRepos: MigrationState["gitRepos"]): ClusterPlan {
  const missing: Readonly<Record<MigrationStep, readonly string[]>> = {
    keep: missingKeep(cluster, gitRepos),
    "stop-agent": missingStop(cluster),
    adopt: missingAdoption(cluster),
    "delete-gitrepos": missingDeletion(cluster, gitRepos),
    "remove-releases": missingRemoval(cluster),
  };
  const steps = migrationSteps.map((step) => ({
    step,
    done: missing[step].length === 0,
    missing: missing[step],
    command: commandOf(step, cluster),
  }));
  return { cluster: `${cluster.workspace}/${cluster.name}`, steps, next: steps.find(({ done }) => !done) };
}

/**
 * What was applied must have been applied with keepResources. Once the agent is stopped nobody observes any more: a new
 * commit gives another deployment ID that stays unapplied, and takes nothing away.
 */
function missingKeep(cluster: MigratingCluster, gitRepos: MigrationState["gitRepos"]): string[] {
  const own = new Set(cluster.deployments.map(({ gitRepo }) => gitRepo));
  const unset = gitRepos.filter(({ id, keepResources }) => own.has(id) && !keepResources);
  const open = cluster.deployments.flatMap((deployment) => {
    if (!deployment.keepResources) return [`${deployment.id}: keepResources is not deployed${whyHeld(deployment)}`];
    if (deployment.observed || wasKept(cluster, deployment)) return [];
    return [
      `${deployment.id}: not applied by Fleet's agent yet${cluster.agent === "stopped" ? ", which must run for that" : ""}`,
    ];
  });
  return [...unset.map(({ id }) => `GitRepo ${id} has no keepResources`), ...open];
}

function whyHeld({ paused }: FleetDeployment): string {
  return paused ? ", as it is paused in Fleet: unpause its GitRepo, Bundle and Cluster" : " yet";
}

/** What was applied with keepResources when the agent was stopped is kept, and what never was applied is not there. */
function wasKept({ agent, stopped }: MigratingCluster, { id, release }: FleetDeployment): boolean {
  return agent !== "running" && stopped !== undefined && (release === "" || stopped.deployments.includes(id));
}

function missingStop({ agent, stopped }: MigratingCluster): string[] {
  if (agent === "running") return ["fleet-agent runs"];
  return stopped === undefined ? ["fleet-agent was not stopped by this step"] : [];
}

/** What Fleet never applied has nothing to adopt. */
function missingAdoption({ adopted, deployments }: MigratingCluster): string[] {
  if (adopted === undefined) return ["nothing is adopted yet"];
  return deployments
    .filter(({ id, release }) => release !== "" && !adopted.deployments.includes(id))
    .map(({ id }) => `${id} came after the adoption`);
}

function missingDeletion({ adopted, deployments }: MigratingCluster, gitRepos: MigrationState["gitRepos"]): string[] {
  const own = new Set([...(adopted?.gitRepos ?? []), ...deployments.map(({ gitRepo }) => gitRepo)]);
  return [
    ...gitRepos.filter(({ id }) => own.has(id)).map(({ id }) => `GitRepo ${id} is still in Fleet`),
    ...deployments.map(({ id }) => `BundleDeployment ${id} is still in Fleet`),
  ];
}

function missingRemoval({ adopted, releasesRemoved }: MigratingCluster): string[] {
  if (releasesRemoved) return [];
  if (adopted === undefined) return ["nothing is adopted yet"];
  return Object.keys(adopted.releases).map((release) => `release ${release} is still recorded`);
}

function commandOf(step: MigrationStep, { workspace, name }: MigratingCluster): string {
  const perCluster = step === "stop-agent" || step === "adopt" || step === "remove-releases";
  const place = perCluster ? ` --cluster ${workspace}/${name} --cluster-kubeconfig FILE` : "";
  return `drover import fleet ${step}${place}`;
}
