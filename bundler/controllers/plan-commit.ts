import type { GitRepo } from "../../shared/api/git-repo.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import { deploymentsOf } from "../desired/desired-document.ts";
import { type AimedBundle, createFleetBundle } from "../desired/fleet-bundle.ts";
import { emptiedBy } from "../desired/emptied-by.ts";
import { foreseeLoss } from "../desired/foresee-loss.ts";
import type { Hub, Workspace } from "../desired/hub.ts";
import { describeLoss, type Loss } from "../desired/loss.ts";
import type { CommitNotice } from "../git/notice-commit.ts";
import type { BlobTable } from "../store/blob-table.ts";
import type { CommitDeployer, TriedCommit } from "./deploy-commit.ts";
import { newFault, type NewFault } from "./plan-bundles.ts";

/** Which commit of a GitRepo is planned for which cluster. */
export interface PlanWish {
  readonly gitRepo: GitRepo;
  readonly cluster: string;
  /** A whole commit ID, a branch, a tag, or the full name of a ref; undefined: what is in force. */
  readonly revision: string | undefined;
}

/** What a commit would change for one cluster. */
export interface ClusterPlan {
  /** Undefined for what is in force. */
  readonly commit: string | undefined;
  /** Deployments that would be others than now; all of the GitRepo for what is in force. */
  readonly deployments: readonly DesiredDeployment[];
  /** Bundles (`<workspace>/<name>`) that the cluster would lose. */
  readonly remove: readonly string[];
  /** Why it would keep those of them that are not aimed at it any more, until a person approves it. */
  readonly held: HeldBundles | undefined;
  /** How many deployments would stay as they are. */
  readonly unchanged: number;
  /** What cannot be built, or is held by the hub, of the whole commit. */
  readonly faults: readonly NewFault[];
  /** Blobs that the cluster does not have yet, by digest. */
  readonly grants: ReadonlyMap<string, () => Promise<Uint8Array | undefined>>;
}

/** Bundles that the hub would not tell a cluster to remove. */
export interface HeldBundles {
  readonly bundles: ReadonlySet<string>;
  readonly reason: string;
}

/** What planning works with. */
export interface CommitPlannerDeps {
  readonly hub: Hub;
  readonly blobs: BlobTable;
  readonly clock: Clock;
  readonly deployer: Pick<CommitDeployer, "tryCommit">;
  /** Returns the remote of a GitRepo that is followed; undefined before its first look. */
  readonly remoteOf: (namespace: string, name: string) => GitRemote | undefined;
  /** Returns the commit that a revision names; throws GIT_…. */
  readonly resolve: (remote: GitRemote, revision: string, signal: AbortSignal) => Promise<CommitNotice>;
}

/** Says what a commit would change, without bringing it into force. */
export interface CommitPlanner {
  /** Throws GIT_… and what stops the whole commit. */
  plan(wish: PlanWish): Promise<ClusterPlan>;
}

/** A build is kept this long, so that asking for a hundred clusters builds once. */
const keptMs = 60_000;
const maxKept = 4;
/** Commits that are built for plans at the same time: deploying goes before. */
const maxBuilding = 2;
const buildTimeoutMs = 120_000;

interface Tried {
  readonly commit: string;
  readonly faults: readonly NewFault[];
  readonly bundles: ReadonlyMap<string, AimedBundle>;
  readonly removed: ReadonlySet<string>;
  readonly blobs: TriedCommit["blobs"];
  /** What clusters would lose because bundles are aimed elsewhere. */
  readonly loss: Loss;
}

/** Returns a planner, which keeps the last few builds for a minute. */
export function createCommitPlanner(deps: CommitPlannerDeps): CommitPlanner {
  let building = 0;
  const builds = new Map<string, { readonly atMs: number; readonly tried: Promise<Tried> }>();

  async function build({ gitRepo, revision = "" }: PlanWish): Promise<Tried> {
    const { namespace = "", name = "" } = gitRepo.metadata;
    const remote = deps.remoteOf(namespace, name);
    if (remote === undefined) {
      throw new AppError("GIT_UNREACHABLE", `GitRepo ${name} has not been looked at yet; ask again in a moment`);
    }
    const signal = AbortSignal.timeout(buildTimeoutMs);
    const notice = await deps.resolve(remote, revision, signal);
    const tried = await deps.deployer.tryCommit({ gitRepo, remote, notice }, signal);
    const workspace = deps.hub.workspace(namespace);
    const aimed = aim(workspace, tried);
    const emptied = new Set(
      [...tried.bundles].flatMap(([bundle, one]) =>
        emptiedBy(workspace, one.bundle, notice.commit) === notice.commit ? [bundle] : [],
      ),
    );
    const loss = foreseeLoss(workspace, { gitRepo: name, bundles: aimed.bundles, removed: tried.remove, emptied });
    return { ...aimed, commit: notice.commit, loss };
  }

  async function buildOnce(wish: PlanWish): Promise<Tried> {
    const { metadata, spec } = wish.gitRepo;
    const { namespace, name, labels, annotations } = metadata;
    const key = stableHash([namespace, name, wish.revision, spec, labels ?? {}, annotations ?? {}]);
    const nowMs = deps.clock.now();
    for (const [known, { atMs }] of builds) if (nowMs - atMs > keptMs) builds.delete(known);
    const known = builds.get(key);
    if (known !== undefined) return known.tried;
    if (building >= maxBuilding) {
      const message = `${building} commits are being built for plans already; ask again in a moment`;
      throw new AppError("QUESTIONS_TOO_MANY", message, { afterMs: 1000 });
    }
    building++;
    const tried = build(wish).finally(() => building--);
    builds.set(key, { atMs: nowMs, tried });
    tried.catch(() => builds.delete(key));
    for (const oldest of [...builds.keys()].slice(0, -maxKept)) builds.delete(oldest);
    return tried;
  }

  return {
    plan: async (wish) => {
      const { namespace = "", name = "" } = wish.gitRepo.metadata;
      const workspace = deps.hub.workspace(namespace);
      if (wish.revision === undefined) return planInForce(workspace, { gitRepo: name, cluster: wish.cluster });
      return planFor(deps, workspace, { gitRepo: name, cluster: wish.cluster, tried: await buildOnce(wish) });
    },
  };
}

/** Returns the built bundles ready to be aimed; one whose targets are faulty keeps its place, as when it is deployed. */
function aim(workspace: Workspace, { bundles, remove, faults, blobs }: TriedCommit): Omit<Tried, "commit" | "loss"> {
  const labels = new Map([...workspace.bundles].map(([name, bundle]) => [name, bundle.labels]));
  for (const [name, { bundle }] of bundles) labels.set(name, bundle.metadata.labels ?? {});
  const aimed = new Map<string, AimedBundle>();
  const all = [...faults];
  for (const [name, { bundle, content }] of bundles) {
    try {
      const around = { workspace: workspace.namespace, labelsOfBundles: () => labels };
      aimed.set(name, createFleetBundle(bundle, content, around));
    } catch (error) {
      all.push(newFault(toAppError(error)));
    }
  }
  return { bundles: aimed, removed: remove, faults: all, blobs };
}

interface Where {
  readonly gitRepo: string;
  readonly cluster: string;
}

/** Returns what the cluster should have of the GitRepo now. */
function currentOf({ status, bundles }: Workspace, { gitRepo, cluster }: Where): readonly DesiredDeployment[] {
  const clusterClass = status.partition.classOf(cluster);
  if (clusterClass === undefined) {
    throw new AppError("CLUSTERS_INVALID", `there is no cluster ${cluster} in this workspace`, { verdict: "stalled" });
  }
  return deploymentsOf(clusterClass, status.partition.bundles).filter(
    ({ bundle }) => bundles.get(nameOf(bundle))?.gitRepo === gitRepo,
  );
}

function planInForce(workspace: Workspace, where: Where): ClusterPlan {
  const deployments = currentOf(workspace, where);
  return { commit: undefined, deployments, remove: [], held: undefined, unchanged: 0, faults: [], grants: new Map() };
}

function planFor(
  deps: CommitPlannerDeps,
  workspace: Workspace,
  { gitRepo, cluster, tried }: Where & { readonly tried: Tried },
): ClusterPlan {
  const current = new Map(currentOf(workspace, { gitRepo, cluster }).map((one) => [nameOf(one.bundle), one]));
  const wanted = wantedBy(workspace, cluster, tried);
  const deployments = [...wanted]
    .filter(([name, { deploymentId }]) => current.get(name)?.deploymentId !== deploymentId)
    .map(([, deployment]) => deployment);
  const remove = [...current.keys()].filter(
    (name) => !wanted.has(name) && (tried.bundles.has(name) || tried.removed.has(name)),
  );
  return {
    commit: tried.commit,
    deployments,
    remove: remove.map((name) => `${workspace.namespace}/${name}`),
    held: heldOf(deps, workspace, { gitRepo, tried, remove }),
    unchanged: wanted.size - deployments.length,
    faults: tried.faults,
    grants: grantsFor(deps, tried, deployments),
  };
}

/** What leaves because the commit deletes it is another matter: `planBundles` has judged that. */
function heldOf(
  { clock }: CommitPlannerDeps,
  workspace: Workspace,
  { gitRepo, tried, remove }: { readonly gitRepo: string; readonly tried: Tried; readonly remove: readonly string[] },
): HeldBundles | undefined {
  const unaimed = remove.filter((name) => !tried.removed.has(name));
  if (unaimed.length === 0 || !workspace.budget.holds(gitRepo, tried.loss, clock.now())) return undefined;
  const bundles = new Set(unaimed.map((name) => `${workspace.namespace}/${name}`));
  return { bundles, reason: `held at the hub: ${describeLoss(gitRepo, tried.loss)}` };
}

/** Returns what the cluster would have of a commit, by bundle name in order. */
function wantedBy({ status }: Workspace, cluster: string, { bundles }: Tried): Map<string, DesiredDeployment> {
  const { partition } = status;
  const [member, clusterClass] = [partition.clusters.get(cluster), partition.classOf(cluster)];
  const wanted = new Map<string, DesiredDeployment>();
  if (member === undefined || clusterClass === undefined) return wanted;
  for (const [name, bundle] of [...bundles].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const outcome = bundle.matchTargets({ ...member, groups: clusterClass.groups });
    if (outcome === undefined || outcome.doNotDeploy) continue;
    const deployment = bundle.deployment(outcome);
    wanted.set(name, clusterClass.paused ? { ...deployment, paused: true } : deployment);
  }
  return wanted;
}

function grantsFor(
  { blobs }: CommitPlannerDeps,
  tried: Tried,
  deployments: readonly DesiredDeployment[],
): ClusterPlan["grants"] {
  const grants = new Map<string, () => Promise<Uint8Array | undefined>>();
  for (const { bundle, content, options } of deployments) {
    grants.set(options, async () => tried.bundles.get(nameOf(bundle))?.optionsBlob(options)?.data);
    grants.set(content, async () => tried.blobs.get(content)?.compress() ?? blobs.read(content));
  }
  return grants;
}

function nameOf(bundle: string): string {
  return bundle.slice(bundle.indexOf("/") + 1);
}
