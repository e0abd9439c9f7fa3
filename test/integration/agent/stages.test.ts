import { expect, test, vi } from "vitest";
import * as z from "zod";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 60_000;

describeWithKube("objects of a bundle", () => {
  test.concurrent("are applied side by side within a stage, and stage after stage", { timeout }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const begun: string[] = [];
    const ended: string[] = [];
    let endedBefore = 0;
    let together = 0;
    let waiting: PromiseWithResolvers<void> | undefined;
    const onStep = async (step: string, about: string): Promise<void> => {
      if (step === "applied") ended.push(about);
      if (step !== "apply") return;
      begun.push(about);
      if (about.startsWith("apps/")) endedBefore = ended.length;
      if (!about.startsWith("/ConfigMap")) return;
      // Nobody goes on before all four have begun: one after the other they never would.
      waiting ??= Promise.withResolvers<void>();
      together += 1;
      if (together === 4) waiting.resolve();
      await waiting.promise;
    };
    await rig.start({ onStep });
    const maps = ["a", "b", "c", "d"].map((name) => [`${name}.yaml`, configMap(name)] as const);
    const files = { "0-web.yaml": webDeployment("ready", "1"), ...Object.fromEntries(maps) };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace } }] });
    await rig.state("team/app", "Ready");
    expect(endedBefore).toBe(4);
    expect(begun.at(-1)).toBe(`apps/Deployment/${rig.namespace}/web`);
  });

  test.concurrent("that kubectl applied become ours without a restart", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    const { kubeconfigPath } = await sharedCluster();
    await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
    const stdin = JSON.stringify({
      ...JSON.parse(webDeployment("ready", "1")),
      metadata: { name: "web", labels: { gone: "1" } },
    });
    const words = ["apply", "--namespace", rig.namespace, "--filename", "-"];
    expect(await kubectl(words, { kubeconfigPath, stdin })).toMatchObject({ exitCode: 0 });
    const path = `/apis/apps/v1/namespaces/${rig.namespace}/deployments/web`;
    const pods = `/api/v1/namespaces/${rig.namespace}/pods`;
    await vi.waitFor(async () => expect(podNames(await rig.get(pods))).toHaveLength(1), { timeout: 20_000 });
    const before = podNames(await rig.get(pods));
    const options = { defaultNamespace: rig.namespace, helm: { takeOwnership: true } };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "web.yaml": webDeployment("ready", "1") }, options }] });
    await rig.state("team/app", "Ready");
    // What Git does not mention is gone, though kubectl had brought it; the pods are the same.
    expect(JSON.stringify(await rig.get(path))).not.toContain('"gone"');
    expect(podNames(await rig.get(pods))).toEqual(before);
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });
});

const podList = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

function podNames(list: unknown): string[] {
  return podList.parse(list).items.map(({ metadata }) => metadata.name);
}
