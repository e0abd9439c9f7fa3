import { expect, test } from "vitest";
import { describeWithKube, sharedCluster, type SharedCluster } from "../../support/kube.ts";
import { startTlsServer } from "../../support/tls-server.ts";
import { createAgentRig, type AgentRig } from "./agent-rig.ts";

/** A workload of one pod; `outcome` is what kwok makes of it, none when the test plays the kubelet. */
function workload(kind: string, pod: Readonly<Record<string, unknown>>, outcome = "run"): string {
  const labels = { app: "web", "rig.drover.dev/outcome": outcome };
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "web" },
    spec: {
      replicas: 1,
      ...(kind === "StatefulSet" ? { serviceName: "web" } : {}),
      selector: {
        matchLabels: { app: "web" },
        matchExpressions: [{ key: "app", operator: "In", values: ["web", "x"] }],
      },
      template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "nginx:1" }], ...pod } },
    },
  });
}

async function send(cluster: SharedCluster, path: string, body: unknown): Promise<void> {
  const method = path.endsWith("/status") ? "PATCH" : "POST";
  const contentType = method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
  const answer = await cluster.request(path, { method, body, contentType });
  if (answer.status > 201) throw new Error(`${path}: ${answer.text}`);
}

function publish(rig: AgentRig, files: Readonly<Record<string, string>>): void {
  rig.hub.publish({ bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace } }] });
}

async function reason(rig: AgentRig, expected: RegExp): Promise<string> {
  const { notReady, state } = await rig.status("team/app", (status) =>
    (status.notReady ?? []).some(({ message }) => expected.test(message)),
  );
  expect(state).toBe("NotReady");
  return notReady?.map(({ kind, name, message }) => `${kind} ${name}: ${message}`).join("\n") ?? "";
}

async function podOf(rig: AgentRig, cluster: SharedCluster): Promise<{ name: string; uid: string }> {
  const path = `/api/v1/namespaces/${rig.namespace}/pods`;
  await expect.poll(async () => (await cluster.request(path)).text, { timeout: 15_000 }).toMatch(/"uid":"/u);
  const list = (await cluster.request(path)).json as { items: { metadata: { name: string; uid: string } }[] };
  const [pod] = list.items;
  if (pod === undefined) throw new Error("no pod");
  return pod.metadata;
}

/** Makes a kind `Shop` that holds whatever is put into it, and returns its group. */
async function defineKind(rig: AgentRig): Promise<string> {
  const group = `g${rig.namespace.slice("apps-".length)}.example.com`;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const answer = await rig.cluster.request("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    method: "POST",
    body: {
      metadata: { name: `shops.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "shops", singular: "shop", kind: "Shop", listKind: "ShopList" },
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    },
  });
  expect(answer.status).toBe(201);
  return group;
}

describeWithKube("why objects are not ready", () => {
  test("names the pod, the container and the exit code of a crash loop", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    publish(rig, { "web.yaml": workload("Deployment", {}, "crash-loop") });
    expect(await reason(rig, /pod web-/u)).toMatch(
      /^Deployment web: 0 of 1 replicas are available: pod web-\w+-\w+: container app: CrashLoopBackOff, last exit code 1: back-off/u,
    );
  });

  test("tells that an image cannot be pulled", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    publish(rig, { "web.yaml": workload("StatefulSet", {}, "pull-error") });
    expect(await reason(rig, /pod web-0/u)).toMatch(/container app: ImagePullBackOff: back-off pulling image/u);
  });

  test("repeats the scheduler's sentence", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    publish(rig, { "web.yaml": workload("Deployment", { nodeSelector: { disk: "none" } }) });
    expect(await reason(rig, /pod web-/u)).toMatch(
      /cannot be scheduled: 0\/\d+ nodes are available: .*didn't match Pod's node affinity\/selector/u,
    );
  });

  test("follows a custom resource down to the pods of what its operator made", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const group = await defineKind(rig);
    await rig.start();
    const object = { apiVersion: `${group}/v1`, kind: "Shop", metadata: { name: "shop" }, spec: {} };
    publish(rig, { "shop.yaml": JSON.stringify(object) });
    const path = `/apis/${group}/v1/namespaces/${rig.namespace}/shops/shop`;
    await expect.poll(async () => (await cluster.request(path)).status, { timeout: 15_000 }).toBe(200);
    const { metadata } = (await cluster.request(path)).json as { metadata: { uid: string } };
    const owner = { apiVersion: `${group}/v1`, kind: "Shop", name: "shop", uid: metadata.uid, controller: true };
    const made = JSON.parse(workload("StatefulSet", {}, "crash-loop")) as { metadata: object };
    await send(cluster, `/apis/apps/v1/namespaces/${rig.namespace}/statefulsets`, {
      ...made,
      metadata: { ...made.metadata, ownerReferences: [owner] },
    });
    const conditions = [{ type: "Ready", status: "False", message: "waits for its database" }];
    const answer = await cluster.request(path, {
      method: "PATCH",
      body: { status: { conditions } },
      contentType: "application/merge-patch+json",
    });
    expect(answer.status).toBe(200);
    expect(await reason(rig, /CrashLoopBackOff/u)).toMatch(
      /^Shop shop: waits for its database: StatefulSet web: pod web-0: container app: CrashLoopBackOff, last exit code 1/u,
    );
  });

  test("finds the quota in the Events of what cannot make pods", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "none" },
      spec: { hard: { pods: "0" } },
    };
    publish(rig, { "quota.yaml": JSON.stringify(quota), "web.yaml": workload("StatefulSet", {}) });
    expect(await reason(rig, /exceeded quota/u)).toMatch(/^StatefulSet web: .*FailedCreate: .*exceeded quota: none/u);
  });

  test("finds missing Secrets and failing probes in the pod's Events", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    const node = `held-${rig.namespace}`;
    await send(cluster, "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: node } });
    publish(rig, { "web.yaml": workload("Deployment", { nodeName: node, tolerations: [{ operator: "Exists" }] }) });
    const pod = await podOf(rig, cluster);
    const event = {
      metadata: { generateName: "web-" },
      involvedObject: { apiVersion: "v1", kind: "Pod", namespace: rig.namespace, name: pod.name, uid: pod.uid },
      type: "Warning",
      reason: "FailedMount",
      message: 'MountVolume.SetUp failed for volume "keys": secret "keys" not found',
      lastTimestamp: "2026-01-01T00:00:00Z",
      count: 3,
    };
    const events = `/api/v1/namespaces/${rig.namespace}/events`;
    await send(cluster, events, event);
    expect(await reason(rig, /secret/u)).toMatch(/FailedMount: .*secret "keys" not found \(seen 3 times\)/u);
    const probe = {
      reason: "Unhealthy",
      message: "Readiness probe failed: HTTP 503",
      lastTimestamp: "2026-01-02T00:00:00Z",
    };
    await send(cluster, events, { ...event, ...probe });
    await reason(rig, /Unhealthy: Readiness probe failed: HTTP 503/u);
    await cluster.request(`/api/v1/nodes/${node}`, { method: "DELETE" });
  });

  test("repeats the last line that a crashing container logged, unless that is turned off", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const asked: string[] = [];
    await using kubelet = await startTlsServer(({ path }) => {
      asked.push(path);
      return "starting\npanic: no database at db:5432\n\n";
    });
    const node = `logs-${rig.namespace}`;
    await send(cluster, "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: node } });
    await send(cluster, `/api/v1/nodes/${node}/status`, {
      status: {
        addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
        daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
      },
    });
    await rig.start({ config: { showLogs: false } });
    publish(rig, { "web.yaml": workload("Deployment", { nodeName: node, tolerations: [{ operator: "Exists" }] }) });
    const pod = await podOf(rig, cluster);
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s" };
    const terminated = { exitCode: 137, reason: "OOMKilled" };
    await send(cluster, `/api/v1/namespaces/${rig.namespace}/pods/${pod.name}/status`, {
      status: {
        phase: "Running",
        containerStatuses: [
          {
            name: "app",
            image: "a",
            imageID: "",
            restartCount: 2,
            ready: false,
            state: { waiting },
            lastState: { terminated },
          },
        ],
      },
    });
    await reason(rig, /last exit code 137 \(OOMKilled\): back-off 10s$/u);
    expect(asked).toEqual([]);
    await rig.stop();
    await rig.start();
    await reason(rig, /OOMKilled.*; its last log line: panic: no database at db:5432$/u);
    expect(asked[0]).toMatch(/^\/containerLogs\/.*previous=true/u);
    await cluster.request(`/api/v1/nodes/${node}`, { method: "DELETE" });
  });
});
