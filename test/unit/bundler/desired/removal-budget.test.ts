import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../codec/json-value.ts";
import {
  bundleResource,
  clusterResource,
  createHub,
  gitRepoResource,
  type Hub,
} from "../../../../bundler/desired/hub.ts";
import { defaultHubBudget } from "../../../../shared/api/removal-budget.ts";
import type { ResourceKey } from "../../../../apiserver/storage/object-store.ts";

const content = {
  files: "f".repeat(64),
  style: { charts: [], fetchedChart: false, kustomizations: [] },
  kustomize: {},
};
const prod = [{ clusterSelector: { matchLabels: { env: "prod" } } }];
const kinds: Readonly<Record<ResourceKey, string>> = {
  [bundleResource]: "Bundle",
  [clusterResource]: "Cluster",
  [gitRepoResource]: "GitRepo",
};

function put(
  hub: Hub,
  resource: ResourceKey,
  object: { readonly name: string; readonly metadata?: JsonObject; readonly spec?: JsonObject },
): void {
  const metadata = { name: object.name, namespace: "w", ...object.metadata };
  const full = {
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: kinds[resource] ?? "",
    metadata,
    spec: object.spec ?? {},
  };
  hub.apply([{ type: "updated", key: { resource, namespace: "w", name: object.name }, object: full }]);
}

function putBundle(hub: Hub, name: string, targets: readonly JsonObject[]): void {
  const gitRepo = name === "other" ? "elsewhere" : "config";
  const metadata = {
    labels: { "fleet.cattle.io/repo-name": gitRepo },
    annotations: {
      "drover.dev/content": JSON.stringify(content),
      ...(name === "emptied" ? { "drover.dev/aimed-at-nobody-by": "c0ffee" } : {}),
    },
  };
  put(hub, bundleResource, { name, metadata, spec: { targets } });
}

function putCluster(hub: Hub, name: string, env: string): void {
  put(hub, clusterResource, { name, metadata: { labels: { env } } });
}

function report(hub: Hub, cluster: string, bundles: readonly string[]): void {
  const body = bundles.map((bundle) => ({ bundle: `w/${bundle}`, id: "1", state: "Ready" as const }));
  const said = {
    reportDigest: bundles.join(),
    exceptions: new Map(),
    agent: undefined,
    seenMs: 0,
    heardMs: 0,
    online: true,
  };
  hub.workspace("w").status.report(cluster, said, body);
}

/** `count` clusters of env=prod that have the bundle `app` of GitRepo `config`. */
function aFleet(count: number): { readonly hub: Hub; readonly names: readonly string[] } {
  const hub = createHub();
  const names = Array.from({ length: count }, (_unused, index) => `c${index}`);
  for (const name of names) putCluster(hub, name, "prod");
  putBundle(hub, "app", prod);
  for (const name of names) report(hub, name, ["app"]);
  return { hub, names };
}

const aimedAt = (tier: string): JsonObject[] => [{ clusterSelector: { matchLabels: { tier } } }];
const heldOf = (hub: Hub, nowMs = 0): unknown => hub.workspace("w").budget.heldLoss("config", nowMs);

const anObject = { apiVersion: "fleet.cattle.io/v1alpha1", kind: "Cluster", metadata: { name: "c0", namespace: "w" } };

function approve(hub: Hub, approval: JsonObject): void {
  put(hub, gitRepoResource, {
    name: "config",
    metadata: { annotations: { "drover.dev/approved-loss": JSON.stringify(approval) } },
  });
}

describe("the budget of clusters that lose bundles", () => {
  it("holds nothing while everything is aimed where it is", () => {
    expect(heldOf(aFleet(10).hub)).toBeUndefined();
  });

  it("holds when targets leave out more than 30 % of the clusters, and at least 5", () => {
    const { hub } = aFleet(10);
    putBundle(hub, "app", [{ clusterName: "c0" }]);
    expect(heldOf(hub)).toEqual({ clusters: 9, of: 10, bundles: ["app"] });
  });

  it("holds nothing for 4 clusters, nor for 30 % of many", () => {
    const small = aFleet(5).hub;
    putBundle(small, "app", [{ clusterName: "c0" }]);
    expect(heldOf(small)).toBeUndefined();
    const { hub, names } = aFleet(20);
    for (const name of names.slice(0, 6)) putCluster(hub, name, "dev");
    expect(heldOf(hub)).toBeUndefined();
    putCluster(hub, names[6] ?? "", "dev");
    expect(heldOf(hub)).toMatchObject({ clusters: 7, of: 20 });
  });

  it("counts clusters that were told lately and are done, so that small steps are one large one", () => {
    const { hub, names } = aFleet(10);
    const { budget } = hub.workspace("w");
    for (const name of names.slice(0, 4)) {
      putCluster(hub, name, "dev");
      expect(heldOf(hub)).toBeUndefined();
      budget.told(name, "app", 0);
      report(hub, name, []);
    }
    putCluster(hub, names[4] ?? "", "dev");
    expect(heldOf(hub)).toEqual({ clusters: 5, of: 10, bundles: ["app"] });
    // An hour later the earlier ones are history.
    expect(heldOf(hub, 3_600_000)).toBeUndefined();
  });

  it("does not count bundles of other GitRepos, nor bundles that were deleted", () => {
    const { hub, names } = aFleet(10);
    putBundle(hub, "other", prod);
    for (const name of names) report(hub, name, ["app", "other", "deleted"]);
    putBundle(hub, "other", [{ clusterName: "c0" }]);
    expect(heldOf(hub)).toBeUndefined();
    expect(hub.workspace("w").budget.heldLoss("elsewhere", 0)).toMatchObject({ clusters: 9 });
  });

  it("goes by the GitRepo's own numbers, and else by the bundler's", () => {
    const { hub } = aFleet(10);
    putBundle(hub, "app", [{ clusterName: "c0" }]);
    const say = (text: string): void =>
      put(hub, gitRepoResource, {
        name: "config",
        metadata: { annotations: { "drover.dev/removal-budget": text } },
      });
    say('{"clustersPercent": 90}');
    expect(heldOf(hub)).toBeUndefined();
    say('{"clustersPercent": 89}');
    expect(heldOf(hub)).toMatchObject({ clusters: 9 });
    say('{"clustersAtLeast": 10}');
    expect(heldOf(hub)).toBeUndefined();
    // What cannot be read changes nothing; the GitRepo's status tells when its next commit is built.
    say('{"clusters": 10}');
    expect(heldOf(hub)).toMatchObject({ clusters: 9 });
    const strict = createHub({ ...defaultHubBudget, clustersAtLeast: 1, clustersPercent: 0 });
    putCluster(strict, "c0", "prod");
    putBundle(strict, "app", prod);
    report(strict, "c0", ["app"]);
    putCluster(strict, "c0", "dev");
    expect(heldOf(strict)).toMatchObject({ clusters: 1, of: 1 });
  });

  it("counts doNotDeploy as a loss", () => {
    const { hub } = aFleet(10);
    putBundle(hub, "app", [{ clusterSelector: {}, doNotDeploy: true }]);
    expect(heldOf(hub)).toMatchObject({ clusters: 10 });
  });

  it.each([1, 2, 4])("holds for %s clusters when labels leave the GitRepo none at all", (count) => {
    const { hub, names } = aFleet(count);
    putBundle(hub, "second", [{ clusterName: "c0" }]);
    for (const name of names) putCluster(hub, name, "dev");
    // Another bundle of it is still aimed at one.
    expect(heldOf(hub)).toBeUndefined();
    putBundle(hub, "second", prod);
    expect(heldOf(hub)).toEqual({ clusters: count, of: count, bundles: ["app"], aimedAtNobody: true });
    approve(hub, { clusters: count, bundles: ["app"], expires: new Date(1000).toISOString() });
    expect(heldOf(hub)).toBeUndefined();
    put(hub, gitRepoResource, { name: "config" });
    putCluster(hub, "newcomer", "prod");
    expect(heldOf(hub)).toBeUndefined();
  });

  it("holds for one cluster when a commit leaves one bundle of many none at all, and not when labels do", () => {
    const { hub, names } = aFleet(20);
    putBundle(hub, "gold", aimedAt("gold"));
    putBundle(hub, "emptied", aimedAt("golden"));
    for (const name of names) report(hub, name, name === "c0" ? ["app", "gold"] : ["app"]);
    expect(heldOf(hub)).toBeUndefined();
    report(hub, "c1", ["app", "emptied"]);
    expect(heldOf(hub, 5000)).toEqual({ clusters: 2, of: 20, bundles: ["emptied", "gold"], aimedAtNobody: true });
    put(hub, clusterResource, { name: "c2", metadata: { labels: { env: "prod", tier: "golden" } } });
    expect(heldOf(hub, 5000)).toBeUndefined();
  });

  it("forgets a deleted cluster, and counts one that asks before it has reported", () => {
    const { hub } = aFleet(1);
    hub.apply([{ type: "deleted", key: { resource: clusterResource, namespace: "w", name: "c0" }, object: anObject }]);
    expect(heldOf(hub)).toBeUndefined();
    putCluster(hub, "fresh", "dev");
    const { budget } = hub.workspace("w");
    const asking = { cluster: "fresh", bundle: "app" };
    expect(budget.heldLoss("config", 0, asking)).toMatchObject({ clusters: 1, of: 1, aimedAtNobody: true });
    budget.limit("config", { clustersPercent: 100 });
    expect(budget.heldLoss("config", 0, asking)).toBeUndefined();
  });

  it("lets go what a person approved, until it expires, and no more than that", () => {
    const { hub } = aFleet(10);
    putBundle(hub, "second", prod);
    putBundle(hub, "app", [{ clusterName: "c0" }]);
    const expires = new Date(1000).toISOString();
    approve(hub, { clusters: 9, bundles: ["app"], expires });
    expect(heldOf(hub)).toBeUndefined();
    expect(heldOf(hub, 1000)).toMatchObject({ clusters: 9 });
    approve(hub, { clusters: 8, bundles: ["app"], expires });
    expect(heldOf(hub)).toMatchObject({ clusters: 9 });
    approve(hub, { clusters: 9, bundles: ["second"], expires });
    expect(heldOf(hub)).toMatchObject({ clusters: 9 });
  });

  it.each([
    ["text", "yes"],
    ["a date that is none", { clusters: 9, bundles: ["app"], expires: "tomorrow" }],
  ])("takes %s for no approval", (_title, approval) => {
    const { hub } = aFleet(10);
    putBundle(hub, "app", [{ clusterName: "c0" }]);
    put(hub, gitRepoResource, {
      name: "config",
      metadata: {
        annotations: { "drover.dev/approved-loss": typeof approval === "string" ? approval : JSON.stringify(approval) },
      },
    });
    expect(heldOf(hub)).toMatchObject({ clusters: 9 });
  });
});
