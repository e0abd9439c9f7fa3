import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { inventoryName } from "../../../agent/reconcile/marks.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 90_000;
const mergePatch = "application/merge-patch+json";
const remove = [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" } as const];

function publish(rig: AgentRig, files: Readonly<Record<string, string>>, options: object = {}): void {
  rig.hub.publish({
    bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, ...options } }],
  });
}

function mapPath(rig: AgentRig, name: string): string {
  return `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;
}

function inventoryPath(rig: AgentRig): string {
  return `/api/v1/namespaces/${rig.systemNamespace}/secrets/${inventoryName("team/app")}`;
}

describeWithKube("what a bundle owns", () => {
  test.concurrent("is refused by kubectl apply --applyset, which names our tooling", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await using dir = await createTempDir("applyset");
    await rig.start();
    publish(rig, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    await rig.state("team/app", "Ready");
    const file = join(dir.path, "c.yaml");
    await writeFile(file, configMap("c"));
    const { kubeconfigPath } = await sharedCluster();
    const parent = `secret/${inventoryName("team/app")}`;
    const words = ["apply", "--namespace", rig.systemNamespace, "--filename", file, "--prune", "--applyset", parent];
    const { exitCode, stderr } = await kubectl(words, { kubeconfigPath, env: { KUBECTL_APPLYSET: "true" } });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/managed by tooling \\?"drover\\?" instead of \\?"kubectl/u);
    for (const name of ["a", "b"]) expect(await rig.get(mapPath(rig, name))).toBeDefined();
  });

  test.concurrent("leaves EndpointSlices alone that carry the label of their Service", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("services/web");
    const service = JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    const slices = `/apis/discovery.k8s.io/v1/namespaces/${rig.namespace}/endpointslices`;
    await rig.start();
    publish(rig, { "web.yaml": webDeployment("ready", "1"), "service.yaml": service });
    await rig.state("team/app", "Ready");
    await vi.waitFor(
      async () => expect(JSON.stringify(await rig.get(slices))).toContain("applyset.kubernetes.io/part-of"),
      { timeout: 20_000 },
    );
    publish(rig, { "web.yaml": webDeployment("ready", "1") });
    await vi.waitFor(async () => expect(await cluster.deletions(rig.namespace)).toEqual(["web"]), { timeout: 20_000 });
    await rig.state("team/app", "Ready");
    expect(await cluster.deletions(rig.namespace)).toEqual(["web"]);
  });

  test.concurrent("goes backwards, in the background, and what holds it up is named", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/held", "configmaps/a", "deployments/web");
    const held = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", finalizers: ["example.com/wait"] },
    });
    await rig.start();
    publish(rig, { "held.yaml": held, "a.yaml": configMap("a"), "web.yaml": webDeployment("ready", "1") });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [], remove });
    const { notReady = [] } = await rig.status("team/app", ({ notReady: left = [] }) =>
      left.some(({ message }) => message.includes("example.com/wait")),
    );
    expect(notReady).toEqual([
      expect.objectContaining({
        kind: "ConfigMap",
        name: "held",
        message: expect.stringContaining("waits for finalizers"),
      }),
    ]);
    expect((await cluster.deletions(rig.namespace))[0]).toBe("web");
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["a", "held", "web"]);
    const body = { metadata: { finalizers: null } };
    await cluster.request(mapPath(rig, "held"), { method: "PATCH", contentType: mergePatch, body });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 40_000 });
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["a", "held", "web"]);
  });

  test.concurrent("is not mistaken after an older inventory was restored from a backup", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/b", "configmaps/c");
    await rig.start();
    publish(rig, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    await rig.state("team/app", "Ready");
    const backup = dataOf(await rig.get(inventoryPath(rig)));
    publish(rig, { "a.yaml": configMap("a"), "c.yaml": configMap("c") });
    await vi.waitFor(async () => expect(await cluster.deletions(rig.namespace)).toEqual(["b"]), { timeout: 20_000 });
    await rig.state("team/app", "Ready");
    await rig.stop();
    // Somebody's own, under a name that the old inventory holds.
    await cluster.request(mapPath(rig, ""), { method: "POST", body: { metadata: { name: "b" } } });
    const body = { data: backup };
    expect((await cluster.request(inventoryPath(rig), { method: "PATCH", contentType: mergePatch, body })).status).toBe(
      200,
    );
    await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
    await vi.waitFor(async () => expect(dataOf(await rig.get(inventoryPath(rig)))).not.toEqual(backup), {
      timeout: 20_000,
    });
    await rig.status("team/app", (status) => status.state === "Ready" && status.objectCount === 2);
    publish(rig, { "a.yaml": configMap("a") });
    await vi.waitFor(async () => expect(await cluster.deletions(rig.namespace)).toEqual(["b", "c"]), {
      timeout: 20_000,
    });
    for (const name of ["a", "b"]) expect(await rig.get(mapPath(rig, name))).toBeDefined();
  });

  test.concurrent("takes over one object's fields where that object says so, and no other's", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
    for (const name of ["a", "b"]) {
      const body = { metadata: { name }, data: { key: "theirs" } };
      await cluster.request(`${mapPath(rig, "")}?fieldManager=hand`, { method: "POST", body });
    }
    const annotations = { "drover.dev/take-ownership": "true" };
    const taken = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b", annotations }, data: { key: "ours" } };
    await rig.start();
    publish(rig, { "a.yaml": configMap("a"), "b.yaml": JSON.stringify(taken) });
    const { error } = await rig.status("team/app", (status) => status.error?.code === "FIELD_CONFLICT");
    expect(error?.message).toContain('drover.dev/take-ownership: "true"');
    expect(await rig.get(mapPath(rig, "a"))).toMatchObject({ data: { key: "theirs" } });
    expect(await rig.get(mapPath(rig, "b"))).toMatchObject({ data: { key: "ours" } });
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test.concurrent(
    "is applied although a list names something twice, with a warning, and is no drift",
    { timeout },
    async () => {
      await using rig = await createAgentRig(await sharedCluster());
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "p" },
        spec: {
          containers: [
            {
              name: "a",
              image: "example/a:1",
              env: [
                { name: "A", value: "1" },
                { name: "A", value: "2" },
              ],
            },
          ],
        },
      };
      await rig.start();
      publish(rig, { "p.yaml": JSON.stringify(pod) });
      const { warnings } = await rig.state("team/app", "Ready");
      expect(warnings).toEqual([
        `Pod ${rig.namespace}/p: container a: env: A stands more than once; the last one counts`,
      ]);
      const live = await rig.get(`/api/v1/namespaces/${rig.namespace}/pods/p`);
      expect(live).toMatchObject({ spec: { containers: [{ env: [{ name: "A", value: "2" }] }] } });
    },
  );

  test.concurrent("has names: generateName is for hooks only", { timeout }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const unnamed = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "a-" } });
    await rig.start();
    publish(rig, { "a.yaml": unnamed });
    const { error } = await rig.state("team/app", "ErrApplied");
    expect(error).toMatchObject({ code: "OBJECT_INVALID", message: expect.stringContaining("ConfigMap a-") });
  });

  test.concurrent("may depend on bundles in other states than Ready", { timeout }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    const base = { bundle: "team/base", files: { "web.yaml": webDeployment("pull-error", "1") }, options };
    const app = (...acceptedStates: string[]) => ({
      bundle: "team/app",
      files: { "a.yaml": configMap("a") },
      options,
      dependsOn: [{ bundle: "team/base", acceptedStates }],
    });
    await rig.start();
    rig.hub.publish({ bundles: [base, app("Ready", "Modified")] });
    await rig.state("team/base", "NotReady");
    await rig.state("team/app", "WaitApplied");
    expect(await rig.get(mapPath(rig, "a"))).toBeUndefined();
    rig.hub.publish({ bundles: [base, app("Ready", "NotReady")] });
    await rig.state("team/app", "Ready");
  });
});

function dataOf(secret: unknown): unknown {
  return typeof secret === "object" && secret !== null && "data" in secret ? secret.data : undefined;
}
