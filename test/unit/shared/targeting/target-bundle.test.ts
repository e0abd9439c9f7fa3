import { describe, expect, it } from "vitest";

import type { Bundle } from "../../../../shared/api/bundle.ts";
import type { Cluster } from "../../../../shared/api/cluster.ts";
import { fleetApiVersion } from "../../../../shared/api/meta.ts";
import { type TargetWorld, targetBundle } from "../../../../shared/targeting/target-bundle.ts";
import { templateValues } from "../../../../shared/targeting/template-values.ts";

function aCluster(name: string, labels: Record<string, string> = {}, namespace = "ws"): Cluster {
  return {
    apiVersion: fleetApiVersion,
    kind: "Cluster",
    metadata: { name, namespace, labels },
    spec: {},
    status: { namespace: `cluster-${name}` },
  };
}

function aBundle(spec: Bundle["spec"], labels: Record<string, string> = {}): Bundle {
  return {
    apiVersion: fleetApiVersion,
    kind: "Bundle",
    metadata: { name: "app", namespace: "ws", labels },
    spec: { targets: [{ name: "all", clusterSelector: {} }], ...spec },
  };
}

function aWorld(clusters: readonly Cluster[], bend: Partial<TargetWorld> = {}): TargetWorld {
  return { clusters, groups: [], namespaces: [], mappings: [], ...bend };
}

function aGroup(name: string, namespace: string, spec: { selector?: object }): TargetWorld["groups"][number] {
  return { apiVersion: fleetApiVersion, kind: "ClusterGroup", metadata: { name, namespace }, spec };
}

/** Names of the clusters that get a deployment. */
function reached(bundle: Bundle, world: TargetWorld): (string | undefined)[] {
  return targetBundle(bundle, world, templateValues).flatMap(({ cluster, deployment }) =>
    deployment === undefined ? [] : [cluster.metadata.name],
  );
}

describe("targetBundle", () => {
  it("confines a failing template to its cluster", () => {
    const bundle = aBundle({ helm: { values: { tier: "${ .ClusterLabels.tier }" } } });
    const entries = targetBundle(
      bundle,
      aWorld([aCluster("b", { tier: "gold" }), aCluster("a", { env: "dev" })]),
      templateValues,
    );
    expect(
      entries.map(({ cluster, deployment, error }) => [
        cluster.metadata.name,
        deployment?.options.helm?.values,
        error?.code,
      ]),
    ).toEqual([
      ["a", undefined, "VALUES_TEMPLATE_FAILED"],
      ["b", { tier: "gold" }, undefined],
    ]);
  });

  it("looks for clusters in the bundle's workspace and where mappings add", () => {
    const clusters = [aCluster("own"), aCluster("theirs", {}, "team"), aCluster("foreign", {}, "other")];
    const mapping = {
      apiVersion: fleetApiVersion,
      kind: "BundleNamespaceMapping",
      metadata: { name: "m", namespace: "ws" },
    } as const;
    const namespaces = ["team", "other"].map((name) => ({ name, labels: { name } }));
    const shared = {
      bundleSelector: { matchLabels: { share: "yes" } },
      namespaceSelector: { matchLabels: { name: "team" } },
    };
    const world = aWorld(clusters, { namespaces, mappings: [{ ...mapping, ...shared }] });
    expect(reached(aBundle({}, { share: "yes" }), world)).toEqual(["own", "theirs"]);
    expect(reached(aBundle({}), world)).toEqual(["own"]);
    const broken = { ...mapping, ...shared, namespaceSelector: { matchExpressions: [{ key: "a", operator: "Like" }] } };
    expect(reached(aBundle({}, { share: "yes" }), aWorld(clusters, { namespaces, mappings: [broken] }))).toEqual([
      "own",
    ]);
  });

  it("counts groups of the cluster's own workspace only, and none without a selector", () => {
    const bundle = aBundle({ targets: [{ name: "g", clusterGroup: "default" }] });
    const clusters = [aCluster("a", { env: "dev" })];
    expect(reached(bundle, aWorld(clusters, { groups: [aGroup("default", "ws", { selector: {} })] }))).toEqual(["a"]);
    expect(reached(bundle, aWorld(clusters, { groups: [aGroup("default", "other", { selector: {} })] }))).toEqual([]);
    expect(reached(bundle, aWorld(clusters, { groups: [aGroup("default", "ws", {})] }))).toEqual([]);
  });

  it("takes a group with a faulty selector for an empty one, whatever the bundle aims at", () => {
    const faulty = aGroup("faulty", "ws", { selector: { matchExpressions: [{ key: "env", operator: "In" }] } });
    const world = aWorld([aCluster("a", { env: "dev" })], { groups: [faulty] });
    expect(reached(aBundle({}), world)).toEqual(["a"]);
    expect(reached(aBundle({ targets: [{ name: "g", clusterGroup: "faulty" }] }), world)).toEqual([]);
  });

  it("names the namespace of a cluster that was never registered after it", () => {
    const { status: _, ...fresh } = aCluster("a");
    const entry = targetBundle(aBundle({}), aWorld([fresh]), templateValues)[0];
    expect(entry?.deployment?.namespace).toBe("cluster-a");
  });

  it("stages a paused bundle without promoting it", () => {
    const entry = targetBundle(aBundle({ paused: true }), aWorld([aCluster("a")]), templateValues)[0];
    expect(entry?.deployment).toMatchObject({ promoted: false, paused: true, namespace: "cluster-a" });
  });

  it("deploys to hundreds of clusters in one pass, whatever maxNew says", () => {
    const clusters = Array.from({ length: 300 }, (_, index) => aCluster(`c${index}`));
    expect(reached(aBundle({ rolloutStrategy: { maxNew: 5 } }), aWorld(clusters))).toHaveLength(300);
  });

  it("labels a deployment with what says whose it is, without foreign labels of the bundle", () => {
    const bundle = aBundle({}, { team: "blue", "field.cattle.io/p": "x", "fleet.cattle.io/commit": "abc" });
    expect(targetBundle(bundle, aWorld([aCluster("a")]), templateValues)[0]?.deployment?.labels).toEqual({
      team: "blue",
      "fleet.cattle.io/commit": "abc",
      "fleet.cattle.io/bundle-name": "app",
      "fleet.cattle.io/bundle-namespace": "ws",
      "fleet.cattle.io/managed": "true",
      "fleet.cattle.io/cluster-namespace": "ws",
      "fleet.cattle.io/cluster": "a",
    });
  });
});
