import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type KubeProxy, startKubeProxy } from "../../support/kube-proxy.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

const timeout = 90_000;
const patience = { timeout: 30_000, interval: 20 };

/** Returns how often an object was read and how often applied as a dry run, as `[reads, dryRuns]`. */
function asked(proxy: KubeProxy, path: string): readonly [number, number] {
  const requests = proxy.seen.filter(({ url }) => url.pathname === path);
  const dryRuns = requests.filter(({ url }) => url.searchParams.get("dryRun") === "All");
  return [requests.filter(({ method }) => method === "GET").length, dryRuns.length];
}

describeWithKube("a resync", () => {
  test("asks no dry run of what is as it was compared, and finds what no watch told", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using proxy = await startKubeProxy(cluster);
    const options = { defaultNamespace: rig.namespace };
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    await rig.start({ kubeUrl: proxy.url, config: { resyncMs: 1000 } });
    const files = { "a.yaml": configMap("a"), "b.yaml": configMap("b") };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
    await rig.state("team/app", "Ready");
    await vi.waitFor(() => expect(asked(proxy, `${path}/a`)[1]).toBeGreaterThan(0), patience);
    const [reads, dryRuns] = asked(proxy, `${path}/a`);
    await vi.waitFor(() => expect(asked(proxy, `${path}/a`)[0]).toBeGreaterThanOrEqual(reads + 3), patience);
    expect(asked(proxy, `${path}/a`)[1]).toBe(dryRuns);

    proxy.fault = ({ isWatch }) => (isWatch ? { type: "answer", status: 503, body: "away" } : undefined);
    proxy.cutWatches();
    await cluster.request(`${path}/a?fieldManager=somebody`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { data: { key: "edited" } },
    });
    await rig.status("team/app", ({ drift }) => drift?.length === 1);
    await cluster.request(`${path}/b`, { method: "DELETE" });
    await rig.status("team/app", ({ drift }) => drift?.length === 2);

    // The same objects in another deployment are compared anew.
    const before = asked(proxy, `${path}/a`)[1];
    rig.hub.publish({
      bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a", { key: "new" }) }, options }],
    });
    await rig.state("team/app", "Ready");
    await vi.waitFor(() => expect(asked(proxy, `${path}/a`)[1]).toBeGreaterThan(before), patience);
  });
});
