import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RolloutStrategy } from "../../../../shared/api/rollout-strategy.ts";
import {
  type RolloutDeployment,
  type RolloutPlan,
  type RolloutTarget,
  planRollout,
} from "../../../../shared/rollout/plan-rollout.ts";

const settled: RolloutDeployment = { current: "old", applied: "old", ready: true };

function targets(count: number, bend: (index: number) => Partial<RolloutTarget> = () => ({})): RolloutTarget[] {
  return Array.from({ length: count }, (_, index) => ({
    cluster: {
      name: `c${String(index).padStart(3, "0")}`,
      namespace: "fleet-default",
      labels: { ring: String(index % 3) },
      groups: [],
    },
    wanted: "new",
    paused: false,
    ...bend(index),
  }));
}

function promoted({ decisions }: RolloutPlan): number[] {
  return decisions.flatMap(({ current }, index) => (current === "new" ? [index] : []));
}

const rings: RolloutStrategy = {
  partitions: ["0", "1", "2"].map((ring) => ({ name: ring, clusterSelector: { matchLabels: { ring } } })),
};

describe("planRollout", () => {
  it("installs everywhere at once by default, whatever maxUnavailable says", () => {
    expect(promoted(planRollout({ maxUnavailable: 1 }, targets(10)))).toHaveLength(10);
  });

  it("makes at most maxNew deployments in a pass", () => {
    const plan = planRollout({ maxNew: 4 }, targets(10));
    expect(plan.newlyCreated).toBe(4);
    expect(plan.decisions.filter((decision) => decision.create)).toHaveLength(4);
    expect(plan.decisions[9]).toEqual({ create: false, staged: undefined, current: undefined });
  });

  it("updates no more clusters than maxUnavailable allows", () => {
    const plan = planRollout(
      { maxUnavailable: 2 },
      targets(5, () => ({ deployment: settled })),
    );
    expect(promoted(plan)).toEqual([0, 1]);
    expect(plan.decisions.every((decision) => decision.staged === "new")).toBe(true);
    expect(plan.unavailable).toBe(2);
  });

  it("updates a cluster that is unavailable anyway", () => {
    const broken = { ...settled, ready: false };
    const plan = planRollout(
      { maxUnavailable: 1 },
      targets(3, (index) => ({ deployment: index === 2 ? broken : settled })),
    );
    expect(promoted(plan)).toEqual([2]);
  });

  it("never updates an available cluster with maxUnavailable 0", () => {
    expect(
      promoted(
        planRollout(
          { maxUnavailable: 0 },
          targets(3, () => ({ deployment: settled })),
        ),
      ),
    ).toEqual([]);
  });

  it("stages a paused cluster and promotes nothing", () => {
    const plan = planRollout(
      {},
      targets(1, () => ({ paused: true })),
    );
    expect(plan.decisions).toEqual([{ create: true, staged: "new", current: "" }]);
  });

  it("stops behind the first partition that is not done, and leaves later ones as they are", () => {
    const plan = planRollout({ ...rings, maxUnavailable: 0 }, targets(6));
    expect(promoted(plan)).toEqual([0, 3]);
    expect(plan.unavailablePartitions).toBe(1);
    expect(plan.decisions[1]).toEqual({ create: false, staged: undefined, current: undefined });
  });

  it("goes on past as many partitions as maxUnavailablePartitions allows", () => {
    const plan = planRollout({ ...rings, maxUnavailable: 0, maxUnavailablePartitions: 1 }, targets(6));
    expect(promoted(plan)).toEqual([0, 1, 3, 4]);
  });

  it("gives nothing to a cluster that is in no manual partition", () => {
    const plan = planRollout({ partitions: [{ name: "one", clusterName: "c000" }] }, targets(2));
    expect(promoted(plan)).toEqual([0]);
  });

  it("does not mind a malformed strategy where there is nothing to roll out", () => {
    expect(planRollout({ maxUnavailable: "x" }, []).decisions).toEqual([]);
    expect(() => planRollout({ maxUnavailable: "x" }, targets(1))).toThrow(
      expect.objectContaining({ code: "ROLLOUT_INVALID" }),
    );
  });

  it("does nothing where all is done", () => {
    const done: RolloutDeployment = { current: "new", applied: "new", ready: true };
    const plan = planRollout(
      rings,
      targets(3, () => ({ deployment: done })),
    );
    expect(plan).toMatchObject({ newlyCreated: 0, unavailable: 0, unavailablePartitions: 0 });
  });

  it("ends with every cluster updated when each pass is carried out, and never exceeds its budget", () => {
    const strategy = fc.record({
      maxUnavailable: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom("10%", "50%", "100%")),
      maxNew: fc.integer({ min: 1, max: 5 }),
      autoPartitionSize: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant("30%")),
      autoPartitionThreshold: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(
        strategy,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        (options, count, existing) => {
          let state = targets(count, (index) => (index < existing ? { deployment: settled } : {}));
          for (let pass = 0; pass < 100; pass++) {
            const plan = planRollout(options, state);
            const updating = plan.decisions.filter(
              ({ create, current }, index) =>
                !create && current === "new" && state[index]?.deployment?.current === "old",
            );
            expect(updating.length).toBeLessThanOrEqual(plan.maxUnavailable);
            state = state.map((target, index) => {
              const current = plan.decisions[index]?.current;
              return current === undefined
                ? target
                : { ...target, deployment: { current, applied: current, ready: true } };
            });
          }
          expect(state.every((target) => target.deployment?.applied === "new")).toBe(true);
        },
      ),
      { seed: 6, numRuns: 50 },
    );
  });
});
