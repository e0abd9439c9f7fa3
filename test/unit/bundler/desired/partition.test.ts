import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FleetBundle, FleetCluster, FleetGroup } from "../../../../bundler/desired/fleet.ts";
import { createPartition, type Partition } from "../../../../bundler/desired/partition.ts";
import type { BundleTarget } from "../../../../shared/api/bundle-target.ts";
import { atomsOfSelector, targetAtoms } from "../../../../shared/targeting/cluster-class.ts";
import { compileSelector } from "../../../../shared/targeting/match-selector.ts";
import { compileTargets } from "../../../../shared/targeting/match-targets.ts";

function aCluster(name: string, labels: Record<string, string> = {}): FleetCluster {
  return {
    namespace: "fleet-default",
    name,
    labels,
    annotations: {},
    templateValues: {},
    paused: false,
    generation: 1,
    clientId: undefined,
  };
}

function aBundle(name: string, targets: BundleTarget[]): FleetBundle {
  return {
    name,
    targetingHash: JSON.stringify(targets),
    atoms: targetAtoms({ targets }),
    matchTargets: compileTargets({ targets }),
    deployment: () => ({
      bundle: `fleet-default/${name}`,
      deploymentId: name,
      content: "a".repeat(64),
      options: "b".repeat(64),
    }),
  };
}

function aGroup(name: string, matchLabels: Record<string, string>): FleetGroup {
  return { name, labels: {}, atoms: atomsOfSelector({ matchLabels }), matches: compileSelector({ matchLabels }) };
}

const silent = { left: () => undefined, entered: () => undefined };

function bundlesOf(partition: Partition, cluster: string): string[] {
  return [...(partition.classOf(cluster)?.outcomes.keys() ?? [])].toSorted();
}

describe("createPartition", () => {
  it("keeps clusters together that no selector tells apart", () => {
    const partition = createPartition(silent);
    for (let index = 0; index < 50; index++)
      partition.putCluster(aCluster(`c${index}`, { env: index < 25 ? "dev" : "prod", rack: `r${index}` }));
    partition.changeBundles([aBundle("app", [{ clusterSelector: { matchLabels: { env: "dev" } } }])], []);
    expect(partition.classes.size).toBe(2);
  });

  it("splits off one cluster when a selector names it, and leaves the others together", () => {
    const partition = createPartition(silent);
    for (let index = 0; index < 50; index++) partition.putCluster(aCluster(`c${index}`, { rack: `r${index}` }));
    const change = partition.changeBundles(
      [aBundle("one", [{ clusterSelector: { matchLabels: { rack: "r7" } } }]), aBundle("two", [{ clusterName: "c9" }])],
      [],
    );
    expect(bundlesOf(partition, "c7")).toEqual(["one"]);
    expect(bundlesOf(partition, "c9")).toEqual(["two"]);
    expect(bundlesOf(partition, "c1")).toEqual([]);
    expect(change.moved.has("c7")).toBe(true);
    expect([...partition.classes.values()].map(({ members }) => members.size).toSorted((a, b) => a - b)).toEqual([
      1, 1, 48,
    ]);
  });

  it("names only the classes that a bundle concerns when its content changes", () => {
    const partition = createPartition(silent);
    partition.putCluster(aCluster("a", { env: "dev" }));
    partition.putCluster(aCluster("b", { env: "prod" }));
    const bundle = aBundle("app", [{ clusterSelector: { matchLabels: { env: "dev" } } }]);
    partition.changeBundles([bundle], []);
    const change = partition.changeBundles([bundle], []);
    expect([...change.affected].flatMap(({ members }) => [...members])).toEqual(["a"]);
    expect(change.moved.size).toBe(0);
  });

  it("moves a cluster whose label changes, and one that joins a group", () => {
    const partition = createPartition(silent);
    partition.putCluster(aCluster("a", { env: "dev" }));
    partition.changeBundles(
      [
        aBundle("app", [{ clusterSelector: { matchLabels: { env: "prod" } } }]),
        aBundle("gold", [{ clusterGroup: "gold" }]),
      ],
      [],
    );
    partition.setGroups([aGroup("gold", { tier: "gold" })]);
    expect(bundlesOf(partition, "a")).toEqual([]);
    partition.putCluster(aCluster("a", { env: "prod", tier: "gold" }));
    expect(bundlesOf(partition, "a")).toEqual(["app", "gold"]);
  });

  it("gives every cluster what evaluating each bundle against it alone gives, whatever the order of changes", () => {
    const keys = ["env", "region", "rack"];
    const values = ["x", "y", "z", "w"];
    const labels = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values));
    const expression = fc.record({
      key: fc.constantFrom(...keys),
      operator: fc.constantFrom("In", "NotIn"),
      values: fc.subarray(values, { minLength: 1 }),
    });
    const existence = fc.record({ key: fc.constantFrom(...keys), operator: fc.constantFrom("Exists", "DoesNotExist") });
    const target: fc.Arbitrary<BundleTarget> = fc.oneof(
      fc.record({
        clusterSelector: fc.record({ matchExpressions: fc.array(fc.oneof(expression, existence), { maxLength: 2 }) }),
      }),
      fc.record({ clusterName: fc.constantFrom("c0", "c1", "c2") }),
      fc.record({ clusterGroup: fc.constantFrom("g0", "g1") }),
    );
    const step = fc.oneof(
      fc.record({ type: fc.constant("cluster" as const), name: fc.constantFrom("c0", "c1", "c2", "c3"), labels }),
      fc.record({ type: fc.constant("gone" as const), name: fc.constantFrom("c0", "c1") }),
      fc.record({
        type: fc.constant("bundle" as const),
        name: fc.constantFrom("b0", "b1", "b2"),
        targets: fc.array(target, { maxLength: 3 }),
      }),
      fc.record({ type: fc.constant("removed" as const), name: fc.constantFrom("b0", "b1") }),
      fc.record({ type: fc.constant("group" as const), labels: fc.tuple(labels, labels) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const partition = createPartition(silent);
        for (const change of steps) {
          if (change.type === "cluster") partition.putCluster(aCluster(change.name, change.labels));
          else if (change.type === "gone") partition.removeCluster(change.name);
          else if (change.type === "bundle") partition.changeBundles([aBundle(change.name, change.targets)], []);
          else if (change.type === "removed") partition.changeBundles([], [change.name]);
          else partition.setGroups(change.labels.map((matchLabels, index) => aGroup(`g${index}`, matchLabels)));
        }
        for (const cluster of partition.clusters.values()) {
          const groups = partition.groups.filter((group) => group.matches(cluster.labels));
          const alone = [...partition.bundles.values()]
            .filter((bundle) => bundle.matchTargets({ ...cluster, groups }) !== undefined)
            .map(({ name }) => name);
          expect(bundlesOf(partition, cluster.name)).toEqual(alone.toSorted());
        }
        for (const bundle of partition.bundles.keys()) {
          for (const clusterClass of partition.classesOf(bundle))
            expect(partition.classes.get(clusterClass.signature)).toBe(clusterClass);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
