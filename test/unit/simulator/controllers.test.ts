import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../../apiserver/resources/json-fields.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { failureAnnotation } from "../../../simulator/failures.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../simulator/simulated-cluster.ts";

function aTemplate(name: string, annotations: JsonObject = {}, image = "image:1"): JsonObject {
  return { metadata: { labels: { app: name }, annotations }, spec: { containers: [{ name: "c", image }] } };
}

function workload(kind: string, name: string, spec: JsonObject = {}): ApiObject {
  const selector = kind === "Job" ? {} : { selector: { matchLabels: { app: name } } };
  return {
    apiVersion: kind === "Job" ? "batch/v1" : "apps/v1",
    kind,
    metadata: { name, namespace: "default" },
    spec: { ...selector, template: aTemplate(name), ...spec },
  };
}

describe("controllers of a simulated cluster", () => {
  let cluster: SimulatedCluster;

  beforeEach(async () => {
    cluster = await createSimulatedCluster({
      name: "sim",
      clock: systemClock,
      log: silentLogger,
      tls: false,
      settleMs: 10,
    });
  });

  afterEach(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  async function statusOf(resource: string, name: string, ...path: readonly string[]): Promise<unknown> {
    const object = await cluster.client.get({ resource, namespace: "default", name });
    return fieldAt(object, "status", ...path);
  }

  async function conditionOf(resource: string, name: string, type: string): Promise<unknown> {
    const conditions = await statusOf(resource, name, "conditions");
    const list: readonly JsonObject[] = Array.isArray(conditions) ? conditions : [];
    return list.find((condition) => condition["type"] === type)?.["status"];
  }

  async function count(resource: string): Promise<number> {
    return (await cluster.client.list(resource, "default")).length;
  }

  it("make a Deployment ready and replace its pods when the template changes", async () => {
    await cluster.client.create("apps/deployments", workload("Deployment", "web", { replicas: 3 }));
    await expect.poll(async () => statusOf("apps/deployments", "web", "readyReplicas")).toBe(3);
    const name = { resource: "apps/deployments", namespace: "default", name: "web" };
    const changed = workload("Deployment", "web", { replicas: 3, template: aTemplate("web", {}, "image:2") });
    await cluster.client.change(name, (live) => ({ ...changed, metadata: live.metadata }));
    await expect.poll(async () => count("apps/replicasets")).toBe(2);
    await expect
      .poll(async () => imagesOf(await cluster.client.list("/pods", "default")))
      .toEqual(["image:2", "image:2", "image:2"]);
  });

  it("keep the old pods of a Deployment while the new ones fail", async () => {
    await cluster.client.create("apps/deployments", workload("Deployment", "web"));
    await expect.poll(async () => conditionOf("apps/deployments", "web", "Available")).toBe("True");
    const broken = workload("Deployment", "web", {
      template: aTemplate("web", { [failureAnnotation]: "ImagePullBackOff" }),
    });
    await cluster.client.change({ resource: "apps/deployments", namespace: "default", name: "web" }, (live) => ({
      ...broken,
      metadata: live.metadata,
    }));
    await expect.poll(async () => count("/pods")).toBe(2);
    await expect
      .poll(async () => reasonsOf(await cluster.client.list("/pods", "default")))
      .toContain("ImagePullBackOff");
    expect(await statusOf("apps/deployments", "web", "readyReplicas")).toBe(1);
  });

  it("break a workload when told to, and mend it", async () => {
    await cluster.client.create("apps/deployments", workload("Deployment", "web"));
    await expect.poll(async () => statusOf("apps/deployments", "web", "readyReplicas")).toBe(1);
    cluster.failures.breakWorkload("default", "web", "CrashLoopBackOff");
    await expect.poll(async () => conditionOf("apps/deployments", "web", "Available")).toBe("False");
    cluster.failures.mend("default", "web");
    await expect.poll(async () => conditionOf("apps/deployments", "web", "Available")).toBe("True");
  });

  it("run StatefulSets, DaemonSets and Jobs to their ends", async () => {
    await cluster.client.create("apps/statefulsets", workload("StatefulSet", "db", { replicas: 2, serviceName: "db" }));
    await cluster.client.create("apps/daemonsets", workload("DaemonSet", "log"));
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "image:1" }] } };
    await cluster.client.create("batch/jobs", workload("Job", "good", { template, completions: 2, parallelism: 2 }));
    const failing = { ...template, metadata: { annotations: { [failureAnnotation]: "" } } };
    await cluster.client.create("batch/jobs", workload("Job", "bad", { template: failing, backoffLimit: 1 }));
    await expect.poll(async () => statusOf("apps/statefulsets", "db", "readyReplicas")).toBe(2);
    await expect.poll(async () => statusOf("apps/daemonsets", "log", "numberReady")).toBe(2);
    await expect.poll(async () => conditionOf("batch/jobs", "good", "Complete")).toBe("True");
    await expect.poll(async () => conditionOf("batch/jobs", "bad", "Failed")).toBe("True");
    expect(await statusOf("batch/jobs", "good", "succeeded")).toBe(2);
  });

  it("collect what a deleted owner leaves behind, and keep what it orphans", async () => {
    for (const name of ["gone", "kept"]) await cluster.client.create("apps/deployments", workload("Deployment", name));
    await expect.poll(async () => count("/pods")).toBe(2);
    await cluster.client.remove({ resource: "apps/deployments", namespace: "default", name: "gone" });
    const kept = { resource: "apps/deployments", namespace: "default", name: "kept" };
    await cluster.client.remove(kept, { propagationPolicy: "Orphan" });
    await expect.poll(async () => cluster.client.get(kept)).toBeUndefined();
    await expect.poll(async () => count("apps/replicasets")).toBe(1);
    await expect.poll(async () => count("/pods")).toBe(1);
  });

  it("empty a namespace before it goes, and give every new one its account and CA", async () => {
    await cluster.client.create("/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await expect.poll(async () => (await cluster.client.list("/serviceaccounts", "shop")).length).toBe(1);
    await cluster.client.create("/secrets", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "shop" },
    });
    const shop = { resource: "/namespaces", namespace: "", name: "shop" };
    await cluster.client.remove(shop);
    await expect.poll(async () => cluster.client.get(shop)).toBeUndefined();
    expect(await cluster.client.list("/secrets", "shop")).toEqual([]);
  });

  it("leave managedFields that tell a controller's status from what others set", async () => {
    await cluster.client.create("apps/deployments", workload("Deployment", "web"));
    await expect.poll(async () => statusOf("apps/deployments", "web", "readyReplicas")).toBe(1);
    const object = await cluster.client.get({ resource: "apps/deployments", namespace: "default", name: "web" });
    const entries = object?.metadata.managedFields?.map(({ manager, subresource }) => ({ manager, subresource }));
    expect(entries).toContainEqual({ manager: "kube-controller-manager", subresource: "status" });
  });

  it("have nothing left to do once all is as it should be", async () => {
    await cluster.client.create("apps/deployments", workload("Deployment", "web", { replicas: 2 }));
    await expect.poll(async () => statusOf("apps/deployments", "web", "readyReplicas")).toBe(2);
    await cluster.settled();
    const version = cluster.store.currentVersion();
    const [deployment] = await cluster.client.list("apps/deployments", "default");
    await cluster.client.change({ resource: "apps/deployments", namespace: "default", name: "web" }, (live) => live);
    await cluster.settled();
    expect(cluster.store.currentVersion()).toBe(version);
    expect(deployment?.metadata.resourceVersion).toBeDefined();
  });
});

function imagesOf(pods: readonly ApiObject[]): readonly unknown[] {
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => containersOf(pod, "spec", "containers")[0]?.["image"]);
}

function reasonsOf(pods: readonly ApiObject[]): readonly unknown[] {
  return pods.map((pod) => fieldAt(containersOf(pod, "status", "containerStatuses")[0], "state", "waiting", "reason"));
}

function containersOf(pod: ApiObject, ...path: readonly string[]): readonly JsonObject[] {
  const list = fieldAt(pod, ...path);
  return Array.isArray(list) ? list : [];
}
