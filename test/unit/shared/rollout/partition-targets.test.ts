import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { partitionTargets, rolloutLimit } from "../../../../shared/rollout/partition-targets.ts";
import type { TargetCluster } from "../../../../shared/targeting/match-targets.ts";

function clusters(count: number, labels: (index: number) => Record<string, string> = () => ({})): TargetCluster[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `c${String(index).padStart(5, "0")}`,
    namespace: "fleet-default",
    labels: labels(index),
    groups: [],
  }));
}

describe("rolloutLimit", () => {
  it.each<[number, (number | string | undefined)[], number]>([
    [0, [5], 1],
    [10, [], 10],
    [10, [undefined, "50%"], 5],
    [10, [20], 10],
    [10, [-1], 0],
    [10, [0], 0],
    [10, ["25"], 25],
    [10, ["0%"], 1],
    [10, ["-5%"], 1],
    [10, ["1%"], 1],
    [10, ["200%"], 10],
    [3, ["50%"], 1],
    [230, ["25%"], 57],
    [1000, ["49%"], 490],
    [7, ["33.4%"], 2],
    [50, ["1e1%"], 5],
  ])("of %i with %j is %i", (count, values, expected) => {
    expect(rolloutLimit(count, ...values)).toBe(expected);
  });

  it.each(["0", "a", "5 %", "%", "1f%"])("refuses %j", (value) => {
    expect(() => rolloutLimit(10, value)).toThrow(expect.objectContaining({ code: "ROLLOUT_INVALID" }));
  });
});

describe("partitionTargets", () => {
  it.each<[number, string | undefined, number[]]>([
    [199, undefined, [199]],
    [200, undefined, [50, 50, 50, 50]],
    [230, undefined, [57, 57, 57, 57, 2]],
    [1000, "49%", [490, 490, 20]],
  ])("cuts %i clusters with size %s into %j", (count, size, sizes) => {
    const strategy = size === undefined ? {} : { autoPartitionSize: size };
    expect(partitionTargets(strategy, clusters(count)).map((partition) => partition.members.length)).toEqual(sizes);
  });

  it("makes one partition where automatic ones are off", () => {
    for (const strategy of [{ autoPartitionSize: 0 }, { autoPartitionThreshold: 0 }]) {
      expect(partitionTargets(strategy, clusters(300))).toHaveLength(1);
    }
  });

  it("names automatic partitions by their range", () => {
    const names = partitionTargets({ autoPartitionThreshold: 1, autoPartitionSize: 2 }, clusters(3)).map(
      ({ name }) => name,
    );
    expect(names).toEqual(["Partition 0 - 2", "Partition 2 - 3"]);
  });

  it("lets a cluster be in several manual partitions or in none", () => {
    const labelled = clusters(3, (index) => (index === 2 ? {} : { env: "dev", first: String(index === 0) }));
    const strategy = {
      maxUnavailable: "100%",
      partitions: [
        { name: "first", clusterSelector: { matchLabels: { first: "true" } }, maxUnavailable: 0 },
        { name: "dev", clusterSelector: { matchLabels: { env: "dev" } } },
        { name: "nobody", clusterName: "x" },
      ],
    };
    expect(partitionTargets(strategy, labelled)).toEqual([
      { name: "first", members: [0], maxUnavailable: 0 },
      { name: "dev", members: [0, 1], maxUnavailable: 2 },
      { name: "nobody", members: [], maxUnavailable: 1 },
    ]);
  });

  it("puts every cluster into exactly one automatic partition, in order", () => {
    const size = fc.oneof(
      fc.integer({ min: -2, max: 30 }),
      fc.integer({ min: 0, max: 150 }).map((percent) => `${percent}%`),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 120 }),
        size,
        fc.integer({ min: -1, max: 100 }),
        (count, autoPartitionSize, autoPartitionThreshold) => {
          const partitions = partitionTargets({ autoPartitionSize, autoPartitionThreshold }, clusters(count));
          expect(partitions.flatMap((partition) => partition.members)).toEqual(
            Array.from({ length: count }, (_, index) => index),
          );
        },
      ),
      { seed: 5 },
    );
  });
});
