import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type KubeProxy, type ProxiedRequest, type ProxyFault, startKubeProxy } from "../../support/kube-proxy.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

const timeout = 90_000;
const patience = { timeout: 30_000, interval: 20 };
const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: "b" } });

/** Requests for objects of all bundles, over all namespaces. */
function shared(proxy: KubeProxy, kind: string): ProxiedRequest[] {
  return proxy.seen.filter(
    ({ method, url }) =>
      method === "GET" &&
      url.pathname.endsWith(`/${kind}`) &&
      url.searchParams.get("labelSelector") === "applyset.kubernetes.io/part-of",
  );
}

function publish(rig: AgentRig, bundles: readonly string[]): void {
  rig.hub.publish({
    bundles: bundles.map((name) => ({
      bundle: `team/${name}`,
      files: Object.fromEntries(["1", "2"].map((at) => [`${at}.yaml`, configMap(`${name}-${at}`)])),
      options: { defaultNamespace: rig.namespace },
    })),
  });
}

async function edit(rig: AgentRig, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${rig.namespace}/configmaps/${name}?fieldManager=somebody`;
  const body = { data: { key: "edited" } };
  const answer = await rig.cluster.request(path, {
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body,
  });
  expect(answer.status).toBe(200);
}

function parameterOf(request: ProxiedRequest, key: string): string | null {
  return request.url.searchParams.get(key);
}

function isResumed(request: ProxiedRequest): boolean {
  return request.isWatch && parameterOf(request, "resourceVersion") !== null;
}

function failure(code: number, reason: string): ProxyFault {
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", reason, message: reason, code };
  return { type: "answer", status: code, body: JSON.stringify(body) };
}

describeWithKube("the agent's watches", () => {
  test.concurrent(
    "are one for each kind, whatever the number of bundles, and begin with the list",
    { timeout },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      await using proxy = await startKubeProxy(cluster);
      await rig.start({ kubeUrl: proxy.url });
      publish(rig, ["one", "two", "three"]);
      await rig.state("team/three", "Ready");
      rig.hub.publish({
        bundles: [{ bundle: "team/s", files: { "s.yaml": secret }, options: { defaultNamespace: rig.namespace } }],
      });
      await rig.state("team/s", "Ready");
      await vi.waitFor(() => expect(shared(proxy, "secrets")).toHaveLength(1), patience);
      const [watch] = shared(proxy, "configmaps");
      expect(shared(proxy, "configmaps")).toHaveLength(1);
      expect(watch?.isWatch).toBe(true);
      expect(watch && parameterOf(watch, "sendInitialEvents")).toBe("true");
      expect(watch && parameterOf(watch, "allowWatchBookmarks")).toBe("true");
      expect(watch?.accept).toContain("as=PartialObjectMetadata;");
    },
  );

  test.concurrent("are resumed where they broke off, without a list, and miss nothing", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using proxy = await startKubeProxy(cluster);
    await rig.start({ kubeUrl: proxy.url });
    publish(rig, ["one"]);
    await rig.state("team/one", "Ready");
    await edit(rig, "one-1");
    await rig.state("team/one", "Modified");
    const away = { type: "answer", status: 503, body: "the server is away" } as const;
    proxy.fault = ({ isWatch }) => (isWatch ? away : undefined);
    proxy.cutWatches();
    await edit(rig, "one-2");
    await vi.waitFor(() => expect(shared(proxy, "configmaps").length).toBeGreaterThan(2), patience);
    proxy.fault = undefined;
    await rig.status("team/one", ({ drift }) => drift?.length === 2);
    const [, ...resumed] = shared(proxy, "configmaps");
    expect(resumed.every((request) => request.isWatch && parameterOf(request, "sendInitialEvents") === null)).toBe(
      true,
    );
    expect(resumed.every((request) => Number(parameterOf(request, "resourceVersion")) > 0)).toBe(true);
  });

  test.concurrent("begin anew only when the server has forgotten where they were", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using proxy = await startKubeProxy(cluster);
    await rig.start({ kubeUrl: proxy.url });
    publish(rig, ["one"]);
    await rig.state("team/one", "Ready");
    await edit(rig, "one-1");
    await rig.state("team/one", "Modified");
    // What kube-apiserver says within a watch; it takes it hours of changes to forget.
    const object = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 1 (2)" };
    const body = `${JSON.stringify({ type: "ERROR", object })}\n`;
    proxy.fault = (request) => (isResumed(request) ? { type: "answer", status: 200, body } : undefined);
    proxy.cutWatches();
    await edit(rig, "one-2");
    await rig.status("team/one", ({ drift }) => drift?.length === 2);
    const asked = shared(proxy, "configmaps").map((request) => parameterOf(request, "sendInitialEvents") ?? "resumed");
    expect(asked).toEqual(["true", "resumed", "true"]);
  });

  test.concurrent(
    "list in pages where the server streams no lists, again when the pages expire",
    { timeout },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      await using proxy = await startKubeProxy(cluster);
      let expired = 0;
      proxy.fault = (request) => {
        if (parameterOf(request, "sendInitialEvents") !== null) return failure(422, "Invalid");
        if (parameterOf(request, "continue") !== null && expired++ === 0) return failure(410, "Expired");
        return parameterOf(request, "limit") === "500" ? { type: "query", set: { limit: "1" } } : undefined;
      };
      await rig.start({ kubeUrl: proxy.url });
      publish(rig, ["one", "two"]);
      await rig.state("team/two", "Ready");
      await vi.waitFor(() => expect(shared(proxy, "configmaps").some(isResumed)).toBe(true), patience);
      const lists = shared(proxy, "configmaps").filter(({ isWatch }) => !isWatch);
      expect(lists.filter((request) => parameterOf(request, "continue") === null)).toHaveLength(2);
      expect(lists.filter((request) => parameterOf(request, "continue") !== null).length).toBeGreaterThanOrEqual(2);
      await edit(rig, "two-2");
      await rig.state("team/two", "Modified");
      await rig.state("team/one", "Ready");
    },
  );
});
