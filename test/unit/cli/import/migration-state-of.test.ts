import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../codec/json-value.ts";
import { migrationStateOf } from "../../../../cli/import/migration-state-of.ts";

const gitRepo: JsonObject = { metadata: { namespace: "team", name: "config" }, spec: { keepResources: true } };

function aCluster(annotations: JsonObject = {}): JsonObject {
  return { metadata: { namespace: "fleet-default", name: "prod", annotations } };
}

function aDeployment(spec: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  const own = {
    "fleet.cattle.io/repo-name": "config",
    "fleet.cattle.io/bundle-name": "config-web",
    "fleet.cattle.io/bundle-namespace": "team",
    "fleet.cattle.io/cluster": "prod",
    "fleet.cattle.io/cluster-namespace": "fleet-default",
    ...labels,
  };
  return {
    metadata: { namespace: "cluster-x", name: "config-web", labels: own },
    spec: { deploymentID: "a:b", ...spec },
    status: { appliedDeploymentID: "a:b", release: "shop/web:12" },
  };
}

function clusterOf(cluster: JsonObject, deployments: readonly JsonObject[] = []) {
  const objects = { gitRepos: [gitRepo], clusters: [cluster], bundleDeployments: deployments };
  return migrationStateOf(objects).clusters[0];
}

describe("the state of a migration", () => {
  it("has the deployments of GitRepos on a cluster, also those mapped from another workspace", () => {
    const own = { id: "team/config-web", gitRepo: "team/config", release: "shop/web" };
    expect(clusterOf(aCluster(), [aDeployment()])?.deployments).toEqual([
      { ...own, keepResources: false, observed: true, paused: false },
    ]);
  });

  it.each([
    ["keepResources of the current options", { options: { keepResources: true } }, { keepResources: true }],
    ["staged options only", { stagedOptions: { keepResources: true } }, { keepResources: false }],
    ["a deployment ID that is not applied", { deploymentID: "c:d" }, { observed: false }],
    ["no deployment ID yet", { deploymentID: "" }, { observed: false }],
    ["a pause", { paused: true }, { paused: true }],
    ["a closed window", { offSchedule: true }, { paused: true }],
  ])("tells %s", (_name, spec, expected) => {
    expect(clusterOf(aCluster(), [aDeployment(spec)])?.deployments).toMatchObject([expected]);
  });

  it("leaves out what no GitRepo made, other clusters' deployments, and GitRepos that are not migrated", () => {
    const foreign = [
      aDeployment({}, { "fleet.cattle.io/repo-name": "" }),
      aDeployment({}, { "fleet.cattle.io/cluster": "other" }),
      aDeployment({}, { "fleet.cattle.io/bundle-namespace": "elsewhere" }),
    ];
    expect(clusterOf(aCluster(), foreign)).toMatchObject({ deployments: [], others: ["cluster-x/config-web"] });
  });

  it("reads the evidence of earlier steps, and takes evidence that cannot be read for none", () => {
    const adopted = {
      time: "t",
      deployments: ["team/config-web"],
      gitRepos: ["team/config"],
      releases: { "shop/web": [] },
    };
    const stopped = { time: "t", replicas: { "Deployment cattle-fleet-system/fleet-agent": 1 }, deployments: [] };
    const annotations = {
      "drover.dev/import-agent-stopped": JSON.stringify(stopped),
      "drover.dev/import-adopted": JSON.stringify(adopted),
      "drover.dev/import-releases-removed": "t",
    };
    expect(clusterOf(aCluster(annotations))).toMatchObject({ stopped, adopted, releasesRemoved: true });
    for (const text of ["{", "[]", '{"time":"t"}'])
      expect(clusterOf(aCluster({ "drover.dev/import-adopted": text }))?.adopted).toBeUndefined();
  });
});
