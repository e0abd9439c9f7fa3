import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeReport } from "../../../../bundler/agents/take-report.ts";
import type { FleetBundle, FleetCluster } from "../../../../bundler/desired/fleet.ts";
import { createFleetStatus, type FleetStatus } from "../../../../bundler/desired/fleet-status.ts";
import { deploymentsOf } from "../../../../bundler/desired/desired-document.ts";
import type { BundleTarget } from "../../../../shared/api/bundle-target.ts";
import { deploymentStates } from "../../../../shared/protocol/deployment-status.ts";
import { deploymentState, type StateCounts, worstState } from "../../../../shared/status/roll-up-status.ts";
import { targetAtoms } from "../../../../shared/targeting/cluster-class.ts";
import { compileTargets } from "../../../../shared/targeting/match-targets.ts";

function aCluster(name: string, env: string, paused = false): FleetCluster {
  return {
    namespace: "w",
    name,
    labels: { env },
    annotations: {},
    templateValues: {},
    paused,
    generation: 1,
    clientId: undefined,
  };
}

function aBundle(name: string, env: string | undefined, version: number): FleetBundle {
  const targets: BundleTarget[] = [{ clusterSelector: env === undefined ? {} : { matchLabels: { env } } }];
  return {
    name,
    targetingHash: JSON.stringify(targets),
    atoms: targetAtoms({ targets }),
    matchTargets: compileTargets({ targets }),
    deployment: () => ({
      bundle: `w/${name}`,
      deploymentId: String(version),
      content: "a".repeat(64),
      options: "b".repeat(64),
    }),
  };
}

/** Counts by looking at every cluster, as nobody with many would. */
function naive(
  status: FleetStatus,
  only: { readonly bundle?: string; readonly cluster?: string },
): Record<string, number> {
  const counts: Record<string, number> = {};
  const { partition } = status;
  for (const name of partition.clusters.keys()) {
    if (only.cluster !== undefined && only.cluster !== name) continue;
    const own = partition.classOf(name);
    const said = status.reportOf(name);
    for (const wanted of own === undefined ? [] : deploymentsOf(own, partition.bundles)) {
      if (only.bundle !== undefined && wanted.bundle !== `w/${only.bundle}`) continue;
      const state = deploymentState(wanted, status.reportedStates(name).get(wanted.bundle), said?.online ?? true);
      counts[state] = (counts[state] ?? 0) + 1;
    }
  }
  return counts;
}

function plain(counts: StateCounts): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

const clusterNames = ["c0", "c1", "c2", "c3"];
const bundleNames = ["b0", "b1", "b2"];
const env = fc.constantFrom("dev", "prod");
const statuses = fc.uniqueArray(
  fc.record({
    bundle: fc.constantFrom(...bundleNames.map((name) => `w/${name}`)),
    state: fc.constantFrom(...deploymentStates),
    appliedDeploymentId: fc.constantFrom("0", "1"),
  }),
  { selector: ({ bundle }) => bundle },
);
const step = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    cluster: fc.constantFrom(...clusterNames),
    env,
    paused: fc.boolean(),
  }),
  fc.record({ type: fc.constant("gone" as const), cluster: fc.constantFrom(...clusterNames) }),
  fc.record({
    type: fc.constant("bundle" as const),
    bundle: fc.constantFrom(...bundleNames),
    env: fc.option(env, { nil: undefined }),
    version: fc.constantFrom(0, 1),
  }),
  fc.record({ type: fc.constant("removed" as const), bundle: fc.constantFrom(...bundleNames) }),
  fc.record({
    type: fc.constant("report" as const),
    cluster: fc.constantFrom(...clusterNames),
    statuses,
    full: fc.boolean(),
  }),
  fc.record({ type: fc.constant("silent" as const), sinceMs: fc.nat(40) }),
  fc.record({ type: fc.constant("seen" as const), cluster: fc.constantFrom(...clusterNames) }),
);

describe("createFleetStatus", () => {
  it("counts per class what counting cluster by cluster gives, whatever happens", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const status = createFleetStatus("w");
        const { partition } = status;
        for (const [heardMs, change] of steps.entries()) {
          if (change.type === "put") partition.putCluster(aCluster(change.cluster, change.env, change.paused));
          else if (change.type === "gone") {
            status.forget(change.cluster);
            partition.removeCluster(change.cluster);
          } else if (change.type === "bundle")
            partition.changeBundles([aBundle(change.bundle, change.env, change.version)], []);
          else if (change.type === "removed") partition.changeBundles([], [change.bundle]);
          else if (change.type === "silent") status.markSilent(change.sinceMs);
          else if (change.type === "seen") status.seen(change.cluster, { seenMs: 0, heardMs });
          else if (partition.clusters.has(change.cluster)) {
            const known = { report: status.reportOf(change.cluster), states: status.reportedStates(change.cluster) };
            const { full } = change;
            const taken = takeReport(
              known,
              { waitMs: 0, holds: [], full, statuses: change.statuses },
              { seenMs: 0, heardMs },
            );
            status.report(change.cluster, taken.report, taken.body);
          }
          for (const bundle of bundleNames)
            expect(plain(status.countBundle(bundle))).toEqual(naive(status, { bundle }));
          for (const cluster of partition.clusters.values())
            expect(plain(status.countCluster(cluster))).toEqual(naive(status, { cluster: cluster.name }));
          for (const clusterClass of partition.classes.values()) {
            const members = [...clusterClass.members].flatMap((name) => partition.clusters.get(name) ?? []);
            const notReady = members
              .filter((member) => worstState(status.countCluster(member)) !== "Ready")
              .map(({ name }) => name);
            const { clusters, ready } = status.countClass(clusterClass);
            expect([clusters, clusters - ready]).toEqual([members.length, notReady.length]);
            expect(status.notReadyIn(clusterClass, 10).toSorted()).toEqual(notReady.toSorted());
            expect(status.notReadyIn(clusterClass, 1)).toHaveLength(Math.min(1, notReady.length));
          }
        }
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it("shows an agent that went silent as Unknown until it is seen again", () => {
    const status = createFleetStatus("w");
    const cluster = aCluster("c", "dev");
    status.partition.putCluster(cluster);
    status.partition.changeBundles([aBundle("b", undefined, 1)], []);
    const ready = { bundle: "w/b", state: "Ready" as const, appliedDeploymentId: "1" };
    const taken = takeReport(
      { report: undefined, states: new Map() },
      { waitMs: 0, holds: [], full: true, statuses: [ready] },
      { seenMs: 0, heardMs: 5 },
    );
    status.report("c", taken.report, taken.body);
    expect(status.markSilent(5)).toEqual([]);
    expect(status.markSilent(6)).toEqual(["c"]);
    expect(plain(status.countBundle("b"))).toEqual({ Unknown: 1 });
    status.seen("c", { seenMs: 0, heardMs: 9 });
    expect(plain(status.countBundle("b"))).toEqual({ Ready: 1 });
  });
});
