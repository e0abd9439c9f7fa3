import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

const files = {
  "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "values.yaml": "color: red\nsize: 1\nmotto: none\n",
  "templates/a.yaml": configMap("a", {
    color: "{{ .Values.color }}",
    size: "{{ .Values.size }}",
    motto: "{{ .Values.motto }}",
  }),
};

const secretRef = { secretKeyRef: { name: "shop" } };
const mapRef = { configMapKeyRef: { name: "shop", key: "extra" } };

function script(rig: AgentRig, options: object = {}, valuesFrom: readonly object[] = [secretRef]) {
  const helm = { values: { color: "blue", motto: "${ .ClusterName }" }, valuesFrom: [...valuesFrom] };
  return {
    bundles: [{ bundle: "team/shop", files, options: { defaultNamespace: rig.namespace, helm, ...options } }],
    labels: { env: "dev" },
  };
}

async function put(rig: AgentRig, kind: "configmaps" | "secrets", body: object): Promise<void> {
  const cluster = await sharedCluster();
  await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
  const path = `/api/v1/namespaces/${rig.namespace}/${kind}`;
  const made = await cluster.request(path, { method: "POST", body: { metadata: { name: "shop" }, ...body } });
  if (made.status === 201) return;
  const patched = await cluster.request(`${path}/shop`, {
    method: "PUT",
    body: { metadata: { name: "shop" }, ...body },
  });
  expect(patched.status).toBe(200);
}

async function data(rig: AgentRig, name = "a"): Promise<unknown> {
  const object = await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/${name}`);
  return typeof object === "object" && object !== null && "data" in object ? object.data : undefined;
}

describeWithKube("values read in the cluster", () => {
  test("are merged last, and a rotated Secret is applied at once", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await put(rig, "secrets", { stringData: { "values.yaml": "color: green\nsize: 2\n" } });
    await put(rig, "configmaps", { data: { extra: "color: yellow\nsize: 3\nmotto: ${ literally }\n" } });
    await rig.start();
    rig.hub.publish(script(rig, {}, [mapRef, secretRef]));
    await rig.state("team/shop", "Ready");
    expect(await data(rig)).toEqual({ color: "green", size: "2", motto: "${ literally }" });
    await put(rig, "secrets", { stringData: { "values.yaml": "color: black\n" } });
    // Only the watch can tell so soon: without it the next look is minutes away.
    await vi.waitFor(async () => expect(await data(rig)).toMatchObject({ color: "black", size: "3" }), 20_000);
    await rig.state("team/shop", "Ready");
  });

  test("are followed by every bundle that reads the object, also by one that was there first", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/b");
    await put(rig, "secrets", { stringData: { "values.yaml": "color: green\n" } });
    const [first] = script(rig).bundles;
    const second = {
      bundle: "team/other",
      files: { ...files, "templates/a.yaml": configMap("b", { color: "{{ .Values.color }}" }) },
      options: first?.options ?? {},
    };
    await rig.start();
    rig.hub.publish(script(rig));
    await rig.state("team/shop", "Ready");
    rig.hub.publish({ ...script(rig), bundles: [...script(rig).bundles, second] });
    await rig.state("team/other", "Ready");
    for (const color of ["black", "white"]) {
      await put(rig, "secrets", { stringData: { "values.yaml": `color: ${color}\n` } });
      await vi.waitFor(async () => {
        expect(await data(rig)).toMatchObject({ color });
        expect(await data(rig, "b")).toEqual({ color });
      }, 20_000);
    }
    rig.hub.publish({
      ...script(rig),
      remove: [{ bundle: "team/other", reason: "bundle-deleted", because: "c0ffee" }],
    });
    await vi.waitFor(async () => expect(await data(rig, "b")).toBeUndefined(), 20_000);
    await put(rig, "secrets", { stringData: { "values.yaml": "color: grey\n" } });
    await vi.waitFor(async () => expect(await data(rig)).toMatchObject({ color: "grey" }), 20_000);
  });

  test("that are missing are waited for by object and key", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start();
    rig.hub.publish(script(rig));
    const { error } = await rig.state("team/shop", "ErrApplied");
    expect(error).toMatchObject({ code: "VALUES_FROM_MISSING" });
    expect(error?.message).toContain(`Secret ${rig.namespace}/shop is not there (its key values.yaml holds values)`);
    await put(rig, "secrets", { stringData: { other: "x" } });
    await rig.status("team/shop", (status) => status.error?.message.includes("has no key values.yaml") === true);
    await put(rig, "secrets", { stringData: { "values.yaml": "size: 5\n" } });
    await rig.state("team/shop", "Ready");
    expect(await data(rig)).toEqual({ color: "blue", size: "5", motto: "test" });
    const cluster = await sharedCluster();
    await cluster.request(`/api/v1/namespaces/${rig.namespace}/secrets/shop`, { method: "DELETE" });
    await rig.state("team/shop", "ErrApplied");
    expect(await data(rig)).toEqual({ color: "blue", size: "5", motto: "test" });
  });

  test("that are no map are refused without showing them", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await put(rig, "secrets", { stringData: { "values.yaml": "hunter2" } });
    await rig.start();
    rig.hub.publish(script(rig));
    const { error } = await rig.state("team/shop", "ErrApplied");
    expect(error).toMatchObject({ code: "VALUES_FROM_INVALID" });
    expect(error?.message).toContain(`Secret ${rig.namespace}/shop, key values.yaml: holds no map`);
    expect(error?.message).not.toContain("hunter2");
    await put(rig, "secrets", { stringData: { "values.yaml": "size: 4" } });
    await rig.state("team/shop", "Ready");
  });

  test("are read as the deployment's service account, whose missing right is named", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await put(rig, "secrets", { stringData: { "values.yaml": "size: 2\n" } });
    await rig.start();
    await vi.waitFor(async () => expect(await rig.get(`/api/v1/namespaces/${rig.systemNamespace}`)).toBeDefined());
    await cluster.request(`/api/v1/namespaces/${rig.systemNamespace}/serviceaccounts`, {
      method: "POST",
      body: { metadata: { name: "deployer" } },
    });
    rig.hub.publish(script(rig, { serviceAccount: "deployer" }));
    const { error } = await rig.state("team/shop", "ErrApplied");
    expect(error).toMatchObject({ code: "KUBE_FORBIDDEN" });
    expect(error?.message).toContain(`system:serviceaccount:${rig.systemNamespace}:deployer`);
    expect(error?.message).toContain('cannot get resource "secrets"');
  });
});
