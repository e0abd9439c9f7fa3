import type { Partition, RolloutStrategy } from "../api/rollout-strategy.ts";
import { AppError } from "../errors.ts";
import { type TargetCluster, compileEntry, someGroup } from "../targeting/match-targets.ts";

/** Defaults of a rollout, as in Fleet's code (its documentation differs for some). */
export const rolloutDefaults = {
  maxUnavailable: "100%",
  maxUnavailablePartitions: 0,
  autoPartitionSize: "25%",
  autoPartitionThreshold: 200,
  maxNew: 50,
} as const;

/** An ordered group of clusters with its own budget. */
export interface TargetPartition {
  readonly name: string;
  /** Clusters that may be unavailable before the partition counts as unavailable. */
  readonly maxUnavailable: number;
  /** Positions in the list of clusters; one cluster may be in several manual partitions. */
  readonly members: readonly number[];
}

/**
 * Returns how many of `count` a number or percentage stands for; the first defined value counts (Fleet: `limit`). Never
 * more than `count` unless given as text; `0%` is 1, the number 0 is 0. Throws ROLLOUT_INVALID.
 */
export function rolloutLimit(count: number, ...values: readonly (number | string | undefined)[]): number {
  if (count <= 0) return 1;
  const value = values.find((candidate) => candidate !== undefined) ?? rolloutDefaults.maxUnavailable;
  if (typeof value === "number") return Math.max(Math.min(value, count), 0);
  const plain = /^[+-]?\d+$/u.test(value) ? Number(value) : 0;
  if (plain > 0) return plain;
  const percent = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u.test(value.slice(0, -1))
    ? Number(value.slice(0, -1))
    : Number.NaN;
  if (!value.endsWith("%") || Number.isNaN(percent)) {
    throw new AppError(
      "ROLLOUT_INVALID",
      `rolloutStrategy: "${value}" is neither a whole number nor a percentage such as 25%`,
      {
        verdict: "stalled",
      },
    );
  }
  if (percent <= 0) return 1;
  const part = Math.floor(Math.trunc(count * percent) / 100);
  return Math.max(Math.min(part, count), 1);
}

/**
 * Returns the partitions of a rollout over clusters in order of their names: the manual ones (a cluster in none of them
 * gets nothing), or chunks of `autoPartitionSize` from `autoPartitionThreshold` clusters on, or one named All. Throws
 * ROLLOUT_INVALID and TARGET_SELECTOR_INVALID.
 */
export function partitionTargets(
  strategy: RolloutStrategy,
  clusters: readonly TargetCluster[],
): readonly TargetPartition[] {
  const manual = strategy.partitions ?? [];
  return manual.length > 0
    ? manual.map((partition) => manualPartition(partition, strategy, clusters))
    : autoPartitions(strategy, clusters.length);
}

function manualPartition(
  partition: Partition,
  strategy: RolloutStrategy,
  clusters: readonly TargetCluster[],
): TargetPartition {
  const matches = compileEntry(partition);
  const members = clusters.flatMap((cluster, index) =>
    someGroup(cluster, (group) => matches(cluster, group)) ? [index] : [],
  );
  return {
    name: partition.name ?? "",
    maxUnavailable: rolloutLimit(members.length, partition.maxUnavailable, strategy.maxUnavailable),
    members,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function autoPartitions(strategy: RolloutStrategy, count: number): TargetPartition[] {
  const {
    autoPartitionSize,
    autoPartitionThreshold = rolloutDefaults.autoPartitionThreshold,
    maxUnavailable,
  } = strategy;
  const isOff = typeof autoPartitionSize === "number" && autoPartitionSize <= 0;
  if (isOff || autoPartitionThreshold <= 0 || count < autoPartitionThreshold) {
    return [{ name: "All", maxUnavailable: rolloutLimit(count, maxUnavailable), members: range(0, count) }];
  }
  const size = Math.max(rolloutLimit(count, autoPartitionSize, rolloutDefaults.autoPartitionSize), 1);
  const partitions: TargetPartition[] = [];
  for (let from = 0; from < count; from += size) {
    const to = Math.min(from + size, count);
    partitions.push({
      name: `Partition ${from} - ${to}`,
      maxUnavailable: rolloutLimit(to - from, maxUnavailable),
      members: range(from, to),
    });
  }
  return partitions;
}
