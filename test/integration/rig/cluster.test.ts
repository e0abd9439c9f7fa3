import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { binaryNames } from "../../kube/binary-recipes.ts";
import { type KubeCluster, startKubeCluster } from "../../kube/cluster.ts";
import { hasWantedVersion } from "../../kube/find-binary.ts";
import { describeWithKube, programPath } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";

describeWithKube("two API servers side by side", () => {
  let one: KubeCluster;
  let two: KubeCluster;

  beforeAll(async () => {
    [one, two] = await Promise.all([
      startKubeCluster({ name: "one", auditLog: true }),
      startKubeCluster({ name: "two" }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
  });

  it("hold different objects", async () => {
    const path = "/api/v1/namespaces/default/configmaps";
    const created = await one.request(path, { method: "POST", body: { metadata: { name: "here" } } });
    expect(created.status).toBe(201);
    expect((await one.request(`${path}/here`)).status).toBe(200);
    expect((await two.request(`${path}/here`)).status).toBe(404);
  });

  it.each(binaryNames)("come with %s in the rig's version", async (name) => {
    expect(await hasWantedVersion(name, await programPath(name))).toBe(true);
  });

  it("let nobody in without the token", async () => {
    expect((await one.request("/api/v1/namespaces", { token: two.token })).status).toBe(401);
  });

  it("are Kubernetes 1.36 and speak with the kubectl of the same version", async () => {
    const { stdout } = await kubectl(["version"], one);
    expect(stdout).toMatch(/Client Version: v1\.36\.\d+\n/u);
    expect(stdout).toMatch(/Server Version: v1\.36\.\d+\n/u);
  });

  it("write who did what into the audit log", async () => {
    const text = await readFile(one.auditLogPath ?? "", "utf8");
    expect(text).toContain('"requestURI":"/api/v1/namespaces/default/configmaps"');
    expect(two.auditLogPath).toBeUndefined();
  });

  it("keep their objects when the API server is killed and started again", async () => {
    const path = "/api/v1/namespaces/default/configmaps";
    await two.request(path, { method: "POST", body: { metadata: { name: "kept" } } });
    await two.killApiServer();
    await expect(two.request(`${path}/kept`)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/u);
    await two.restartApiServer();
    expect((await two.request(`${path}/kept`)).status).toBe(200);
  });
});
