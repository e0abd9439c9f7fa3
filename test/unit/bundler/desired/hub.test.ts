import { describe, expect, it } from "vitest";
import { documentInput } from "../../../../bundler/agents/check-in.ts";
import {
  bundleResource,
  clusterResource,
  createHub,
  groupResource,
  type Hub,
} from "../../../../bundler/desired/hub.ts";
import type { ResourceKey } from "../../../../apiserver/storage/object-store.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";

const kinds: Readonly<Record<ResourceKey, string>> = {
  [bundleResource]: "Bundle",
  [clusterResource]: "Cluster",
  [groupResource]: "ClusterGroup",
};
const content = {
  files: "f".repeat(64),
  style: { charts: [], fetchedChart: false, kustomizations: [] },
  kustomize: {},
};
const wrong = { matchExpressions: [{ key: "env", operator: "Near", values: ["x"] }] };

/** Applies an object as a commit of the store would. */
function put(hub: Hub, resource: ResourceKey, spec: JsonObject): void {
  const labels = resource === clusterResource ? { env: "dev" } : {};
  const annotations = { "drover.dev/content": JSON.stringify(content) };
  const metadata = { name: "a", namespace: "w", labels, annotations };
  const object = { apiVersion: "fleet.cattle.io/v1alpha1", kind: kinds[resource] ?? "", metadata, spec };
  hub.apply([{ type: "updated", key: { resource, namespace: "w", name: "a" }, object }]);
}
function document(hub: Hub): { wanted: string[]; removed: string[] } {
  const input = documentInput("e", { workspace: hub.workspace("w"), name: "a", nowMs: 0 }, ["w/a"]);
  return {
    wanted: input?.deployments.map(({ bundle }) => bundle) ?? [],
    removed: input?.remove.map(({ bundle }) => bundle) ?? [],
  };
}
function start(target: JsonObject): Hub {
  const hub = createHub();
  put(hub, groupResource, { selector: { matchLabels: { env: "dev" } } });
  put(hub, clusterResource, {});
  put(hub, bundleResource, { targets: [target] });
  return hub;
}

describe("createHub", () => {
  it("moves nothing when a ClusterGroup's selector becomes one that nobody can read", () => {
    const hub = start({ clusterGroup: "a" });
    expect(document(hub)).toEqual({ wanted: ["w/a"], removed: [] });
    put(hub, groupResource, { selector: wrong });
    expect(document(hub)).toEqual({ wanted: ["w/a"], removed: [] });
    expect(hub.workspace("w").faultyGroups.get("a")?.code).toBe("TARGET_SELECTOR_INVALID");
    put(hub, groupResource, { selector: { matchLabels: { env: "prod" } } });
    expect(document(hub)).toEqual({ wanted: [], removed: ["w/a"] });
  });

  it("tells nobody to remove what such a group may aim at him, also when the hub starts with it", () => {
    const hub = createHub();
    put(hub, groupResource, { selector: wrong });
    put(hub, clusterResource, {});
    put(hub, bundleResource, { targets: [{ clusterGroup: "a" }] });
    expect(document(hub)).toEqual({ wanted: [], removed: [] });
  });

  it("leaves a bundle where it is when its own selector cannot be read", () => {
    const hub = start({ clusterSelector: {} });
    put(hub, bundleResource, { targets: [{ clusterSelector: wrong }] });
    expect(document(hub)).toEqual({ wanted: ["w/a"], removed: [] });
    put(hub, bundleResource, { targets: [{ clusterName: "b" }] });
    expect(document(hub)).toEqual({ wanted: [], removed: ["w/a"] });
  });

  it("says nothing of a bundle with a faulty selector that it never saw aimed", () => {
    const hub = createHub();
    put(hub, clusterResource, {});
    put(hub, bundleResource, { targets: [{ clusterSelector: wrong }] });
    expect(document(hub)).toEqual({ wanted: [], removed: [] });
  });

  it("marks what a paused cluster has, and gives it back when it goes on", () => {
    const hub = start({ clusterSelector: {} });
    const paused = (): (boolean | undefined)[] =>
      documentInput("e", { workspace: hub.workspace("w"), name: "a", nowMs: 0 }, [])?.deployments.map(
        (each) => each.paused,
      ) ?? [];
    put(hub, clusterResource, { paused: true });
    expect(paused()).toEqual([true]);
    put(hub, clusterResource, { paused: false });
    expect(paused()).toEqual([undefined]);
  });
});
