import { expect, test, vi } from "vitest";
import type { DeploymentOptions } from "../../../shared/api/deployment-options.ts";
import { describeWithKube, sharedCluster, type SharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";

const deployment = JSON.stringify({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { tier: "gold" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "app", image: "nginx:1", resources: { limits: { cpu: "1000m" } } }] },
    },
  },
});

interface Setting {
  readonly rig: AgentRig;
  readonly cluster: SharedCluster;
}

async function settle(
  setting: Setting,
  files: Readonly<Record<string, string>>,
  options: DeploymentOptions = {},
): Promise<void> {
  const { rig } = setting;
  await rig.start();
  rig.hub.publish({
    bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, ...options } }],
  });
  await rig.state("team/app", "Ready");
}

async function edit({ rig, cluster }: Setting, path: string, body: unknown): Promise<void> {
  const answer = await cluster.request(`/${path.replace("NS", rig.namespace)}?fieldManager=kubectl-edit`, {
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body,
  });
  if (answer.status !== 200) throw new Error(answer.text);
}

async function aSetting(): Promise<Setting & AsyncDisposable> {
  const cluster = await sharedCluster();
  const rig = await createAgentRig(cluster);
  return { rig, cluster, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

function image(name: string): unknown {
  return { spec: { template: { spec: { containers: [{ name: "app", image: name }] } } } };
}

const rbac = "rbac.authorization.k8s.io";

function binding(role: string): object {
  const roleRef = { apiGroup: rbac, kind: "Role", name: role };
  return { apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata: { name: "b" }, roleRef };
}

function uidOf(object: unknown): string {
  return /"uid":"([^"]+)"/u.exec(JSON.stringify(object))?.[1] ?? "";
}

const web = "apis/apps/v1/namespaces/NS/deployments/web";

describeWithKube("drift", () => {
  test("shows what was changed, by whom and when, and goes when it is put back", async () => {
    await using setting = await aSetting();
    await settle(setting, { "web.yaml": deployment });
    const answer = await setting.cluster.request(
      `/${web.replace("NS", setting.rig.namespace)}?fieldManager=kubectl-edit`,
      {
        method: "PATCH",
        contentType: "application/strategic-merge-patch+json",
        body: image("nginx:2"),
      },
    );
    expect(answer.status).toBe(200);
    const { drift } = await setting.rig.state("team/app", "Modified");
    expect(drift).toEqual([
      expect.objectContaining({
        kind: "Deployment",
        name: "web",
        type: "changed",
        fields: [
          {
            path: "spec.template.spec.containers[name=app].image",
            desired: "nginx:1",
            live: "nginx:2",
            class: "by-hand",
            manager: "kubectl-edit",
            time: expect.stringMatching(/^\d{4}-/u),
          },
        ],
      }),
    ]);
    await setting.cluster.request(`/${web.replace("NS", setting.rig.namespace)}`, {
      method: "PATCH",
      contentType: "application/strategic-merge-patch+json",
      body: image("nginx:1"),
    });
    await setting.rig.state("team/app", "Ready");
  });

  test("is not what others add that git does not mention, nor how a quantity is spelled", async () => {
    await using setting = await aSetting();
    await settle(setting, { "web.yaml": deployment });
    await edit(setting, web, {
      metadata: { annotations: { note: "mine" }, labels: { extra: "1" } },
      spec: { minReadySeconds: 1 },
    });
    await edit(setting, web, { metadata: { labels: { tier: "silver" } } });
    const { drift } = await setting.rig.state("team/app", "Modified");
    expect(drift?.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual(["metadata.labels.tier"]);
  });

  test("is corrected when asked, and the status says what was undone", async () => {
    await using setting = await aSetting();
    await settle(setting, { "a.yaml": configMap("a") }, { correctDrift: { enabled: true } });
    const path = `/api/v1/namespaces/${setting.rig.namespace}/configmaps/a`;
    await edit(setting, path.slice(1), { data: { key: "edited" } });
    const { corrected } = await setting.rig.status("team/app", (status) => status.corrected?.count === 1);
    expect(corrected?.last[0]).toMatchObject({
      name: "a",
      fields: [{ path: "data.key", desired: "value", live: "edited", manager: "kubectl-edit" }],
    });
    expect(await setting.rig.get(path)).toMatchObject({ data: { key: "value" } });
    await setting.cluster.request(path, { method: "DELETE" });
    await setting.rig.status("team/app", (status) => status.corrected?.count === 2);
    expect(await setting.rig.get(path)).toMatchObject({ data: { key: "value" } });
  });

  test("of a deleted object and of an object that lost its label is seen without correction", async () => {
    await using setting = await aSetting();
    await settle(setting, { "a.yaml": configMap("a"), "b.yaml": configMap("b") });
    const maps = `api/v1/namespaces/${setting.rig.namespace}/configmaps`;
    await setting.cluster.request(`/${maps}/a`, { method: "DELETE" });
    await edit(setting, `${maps}/b`, { metadata: { labels: { "applyset.kubernetes.io/part-of": null } } });
    const { drift } = await setting.rig.status("team/app", (status) => status.drift?.length === 2);
    expect(drift).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "a", type: "missing" }),
        expect.objectContaining({ name: "b", type: "changed" }),
      ]),
    );
  });

  test("of paths that comparePatches name is not reported", async () => {
    await using setting = await aSetting();
    const comparePatches = [{ apiVersion: "v1", kind: "ConfigMap", jsonPointers: ["/data/key"] }];
    await settle(setting, { "a.yaml": configMap("a", { key: "value", other: "1" }) }, { diff: { comparePatches } });
    const path = `api/v1/namespaces/${setting.rig.namespace}/configmaps/a`;
    await edit(setting, path, { data: { key: "edited" } });
    await edit(setting, path, { data: { other: "2" } });
    const { drift } = await setting.rig.state("team/app", "Modified");
    expect(drift?.[0]?.fields.map((field) => field.path)).toEqual(["data.other"]);
  });

  test("hides the values of Secrets", async () => {
    await using setting = await aSetting();
    const secret = JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      stringData: { password: "hunter2" },
    });
    await settle(setting, { "s.yaml": secret });
    await edit(setting, `api/v1/namespaces/${setting.rig.namespace}/secrets/s`, { data: { password: "c2VjcmV0" } });
    const { drift } = await setting.rig.state("team/app", "Modified");
    expect(drift?.[0]?.fields).toMatchObject([{ path: "data.password", desired: "[hidden]", live: "[hidden]" }]);
    expect(JSON.stringify(setting.rig.hub.checkIns)).not.toMatch(/hunter2|c2VjcmV0|aHVudGVyMg/u);
  });

  test("does not arise where an autoscaler sets the replicas", async () => {
    await using setting = await aSetting();
    const autoscaler = JSON.stringify({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        minReplicas: 1,
        maxReplicas: 9,
      },
    });
    await settle(setting, { "web.yaml": deployment, "hpa.yaml": autoscaler });
    const path = `/${web.replace("NS", setting.rig.namespace)}`;
    await setting.cluster.request(`${path}/scale?fieldManager=hpa`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { spec: { replicas: 5 } },
    });
    await edit(setting, web, { metadata: { labels: { tier: "silver" } } });
    const { drift } = await setting.rig.state("team/app", "Modified");
    expect(drift?.flatMap(({ fields }) => fields.map((field) => field.path))).toEqual(["metadata.labels.tier"]);
    const changed = deployment.replace('"gold"', '"bronze"');
    const bundle = { bundle: "team/app", files: { "web.yaml": changed, "hpa.yaml": autoscaler } };
    setting.rig.hub.publish({ bundles: [{ ...bundle, options: { defaultNamespace: setting.rig.namespace } }] });
    await vi.waitFor(
      async () => expect(await setting.rig.get(path)).toMatchObject({ metadata: { labels: { tier: "bronze" } } }),
      { timeout: 20_000 },
    );
    expect(await setting.rig.get(path)).toMatchObject({ spec: { replicas: 5 } });
  });
});

/** Lets somebody delete a RoleBinding of the bundle and make another of its name, which the agent then finds; returns how to read it. */
async function remakeByHand(setting: Setting, options: DeploymentOptions): Promise<() => Promise<unknown>> {
  const { rig, cluster } = setting;
  await settle(setting, { "b.yaml": JSON.stringify(binding("a")) }, options);
  // It would be made again at once where drift is corrected.
  await rig.stop();
  const path = `/apis/${rbac}/v1/namespaces/${rig.namespace}/rolebindings`;
  expect((await cluster.request(`${path}/b`, { method: "DELETE" })).status).toBe(200);
  expect((await cluster.request(path, { method: "POST", body: binding("other") })).status).toBe(201);
  return () => rig.get(`${path}/b`);
}

describeWithKube("drift of a field that cannot be changed", () => {
  test("is Modified, with the server's sentence", async () => {
    await using setting = await aSetting();
    const { rig } = setting;
    await remakeByHand(setting, {});
    await rig.start();
    const { drift, notReady } = await rig.state("team/app", "Modified");
    expect(drift).toMatchObject([{ kind: "RoleBinding", name: "b", type: "changed" }]);
    expect(drift?.[0]?.message).toMatch(/^RoleBinding\S* "b" is invalid: roleRef: .*cannot change roleRef/u);
    expect(notReady).toBeUndefined();
  });

  test("never costs an object that somebody else made, whatever is asked", async () => {
    await using setting = await aSetting();
    const { rig } = setting;
    const correctDrift = { enabled: true, force: true };
    const read = await remakeByHand(setting, { correctDrift, helm: { force: true } });
    const made = await read();
    await rig.start();
    const { state, notReady } = await rig.status("team/app", (status) => status.notReady !== undefined);
    expect(state).toBe("Modified");
    expect(notReady?.[0]?.message).toMatch(
      /b cannot be changed in place: .*never replaced, since an object of the same name was made by somebody/u,
    );
    expect(await read()).toEqual(made);
  });

  test("stays, and says what to do, where its correction is not forced", async () => {
    await using setting = await aSetting();
    const { rig } = setting;
    await settle(setting, { "a.yaml": configMap("a") }, { correctDrift: { enabled: true } });
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
    const before = await rig.get(path);
    await edit(setting, path.slice(1), { data: { key: "edited" }, immutable: true });
    const { state, notReady } = await rig.status("team/app", (status) => status.notReady !== undefined);
    expect(state).toBe("Modified");
    expect(notReady?.[0]?.message).toMatch(/cannot be changed in place: .*set helm\.force or correctDrift\.force/u);
    expect(uidOf(await rig.get(path))).toBe(uidOf(before));
  });

  test("is corrected by making the object again where correctDrift.force asks for it", async () => {
    await using setting = await aSetting();
    const { rig } = setting;
    rig.mayDelete("configmaps/a");
    await settle(setting, { "a.yaml": configMap("a") }, { correctDrift: { enabled: true, force: true } });
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
    const before = await rig.get(path);
    await edit(setting, path.slice(1), { data: { key: "edited" }, immutable: true });
    const { corrected, state } = await rig.status("team/app", (status) => status.corrected !== undefined);
    expect(state).toBe("Ready");
    expect(corrected).toMatchObject({ count: 1, last: [{ name: "a", message: expect.stringContaining("immutable") }] });
    const after = await rig.get(path);
    expect(after).toMatchObject({ data: { key: "value" } });
    expect(after).not.toHaveProperty("immutable");
    expect(uidOf(after)).not.toBe(uidOf(before));
    // The new one is owned: it goes with the bundle.
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(async () => expect(await rig.get(path)).toBeUndefined(), { timeout: 20_000 });
  });
});
