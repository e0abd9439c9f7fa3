import type { RolloutStrategy } from "../api/rollout-strategy.ts";
import type { TargetCluster } from "../targeting/match-targets.ts";
import { partitionTargets, rolloutDefaults, rolloutLimit } from "./partition-targets.ts";

/** What is known of a deployment that exists. Ids name content and options; "" is none yet. */
export interface RolloutDeployment {
  /** What the cluster may have now. */
  readonly current: string;
  /** What the cluster says it has. */
  readonly applied: string;
  readonly ready: boolean;
}

/** One cluster of a rollout. */
export interface RolloutTarget {
  readonly cluster: TargetCluster;
  /** Deployment id that the cluster should end up with. */
  readonly wanted: string;
  /** Absent: the bundle was never deployed there. */
  readonly deployment?: RolloutDeployment;
  /** Bundle or cluster paused: stage, do not promote. */
  readonly paused: boolean;
}

/** What happens to one cluster in this pass. */
export interface RolloutDecision {
  /** A deployment is made. */
  readonly create: boolean;
  /** What the deployment stages; undefined: the pass did not reach it, it keeps what it has. */
  readonly staged: string | undefined;
  /** What the cluster may have after this pass; undefined: there is no deployment. */
  readonly current: string | undefined;
}

/** Counters of one partition, for status. */
export interface PartitionProgress {
  readonly name: string;
  readonly count: number;
  readonly maxUnavailable: number;
  readonly unavailable: number;
}

/** One pass over all clusters of a bundle. */
export interface RolloutPlan {
  /** In the order of the targets. */
  readonly decisions: readonly RolloutDecision[];
  readonly newlyCreated: number;
  readonly unavailable: number;
  readonly maxUnavailable: number;
  readonly unavailablePartitions: number;
  readonly maxUnavailablePartitions: number;
  readonly partitions: readonly PartitionProgress[];
}

interface Work {
  create: boolean;
  staged: string | undefined;
  /** Undefined until there is a deployment. */
  deployment: { current: string; readonly applied: string; readonly ready: boolean } | undefined;
}

function isUnavailable(work: Work): boolean {
  const { deployment } = work;
  return deployment !== undefined && (deployment.applied !== deployment.current || !deployment.ready);
}

/**
 * Returns what one pass of a rollout does (Fleet: `UpdatePartitions`): partition by partition it makes up to `maxNew` new
 * deployments, stages, promotes as long as budgets allow, and stops behind too many unavailable partitions. A deployment
 * that is new counts as unavailable already and is promoted at once. Targets must be in order of cluster names. Throws
 * ROLLOUT_INVALID and TARGET_SELECTOR_INVALID.
 */
export function planRollout(declared: RolloutStrategy, targets: readonly RolloutTarget[]): RolloutPlan {
  // As in Fleet, a strategy is not even looked at where there is nothing to roll out.
  const strategy = targets.length === 0 ? {} : declared;
  const works = targets.map(({ deployment }): Work => ({
    create: false,
    staged: undefined,
    deployment: deployment === undefined ? undefined : { ...deployment },
  }));
  const partitions = partitionTargets(
    strategy,
    targets.map((target) => target.cluster),
  );
  const maxNew = strategy.maxNew ?? rolloutDefaults.maxNew;
  const maxUnavailable = rolloutLimit(targets.length, strategy.maxUnavailable);
  const maxUnavailablePartitions = rolloutLimit(
    partitions.length,
    strategy.maxUnavailablePartitions,
    rolloutDefaults.maxUnavailablePartitions,
  );
  const counters = { newlyCreated: 0, unavailable: works.filter(isUnavailable).length, unavailablePartitions: 0 };
  const progress = partitions.map(({ name, members, maxUnavailable: budget }) => ({
    name,
    count: members.length,
    maxUnavailable: budget,
    unavailable: members.filter((index) => isUnavailable(workAt(works, index))).length,
  }));

  for (const [position, { members }] of partitions.entries()) {
    const own = progress[position];
    if (own === undefined) break;
    for (const index of members) {
      const work = workAt(works, index);
      if (work.deployment === undefined && counters.newlyCreated < maxNew) {
        counters.newlyCreated += 1;
        work.create = true;
        work.deployment = { current: "", applied: "", ready: false };
      }
      if (work.deployment !== undefined) work.staged = targets[index]?.wanted;
    }
    for (const index of members) {
      const { deployment, staged = "" } = workAt(works, index);
      if (deployment === undefined || targets[index]?.paused === true || staged === "" || deployment.current === staged)
        continue;
      const already = isUnavailable(workAt(works, index));
      const hasRoom = counters.unavailable < maxUnavailable && own.unavailable < own.maxUnavailable;
      if (!already && !hasRoom) continue;
      if (!already) {
        counters.unavailable += 1;
        own.unavailable += 1;
      }
      deployment.current = staged;
    }
    own.unavailable = members.filter((index) => isBehind(workAt(works, index), targets[index]?.wanted)).length;
    if (own.unavailable > own.maxUnavailable) counters.unavailablePartitions += 1;
    if (counters.unavailablePartitions > maxUnavailablePartitions) break;
  }

  const decisions = works.map(({ create, staged, deployment }) => ({ create, staged, current: deployment?.current }));
  return { decisions, ...counters, maxUnavailable, maxUnavailablePartitions, partitions: progress };
}

/** At the end of a partition's pass a cluster must be there, available and up to date. */
function isBehind(work: Work, wanted: string | undefined): boolean {
  const { deployment, staged } = work;
  if (deployment === undefined || staged !== wanted) return true;
  return deployment.current !== wanted || deployment.applied !== wanted || isUnavailable(work);
}

function workAt(works: readonly Work[], index: number): Work {
  const work = works[index];
  if (work === undefined) throw new RangeError(`no target ${index}`);
  return work;
}
