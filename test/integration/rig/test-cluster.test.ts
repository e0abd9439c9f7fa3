import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createTempDir } from "../../support/temp-dir.ts";
import { startTestCluster } from "../../support/test-cluster.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function hidePrograms(dir: string): void {
  vi.stubEnv("KUBEBUILDER_ASSETS", "");
  vi.stubEnv("XDG_CACHE_HOME", join(dir, "cache"));
  vi.stubEnv("PATH", join(dir, "path"));
}

describe("where Kubernetes' programs are missing", () => {
  it("tests of the plain API run on the simulator, which is said", async () => {
    await using dir = await createTempDir("hidden");
    hidePrograms(dir.path);
    vi.stubEnv("CI", "");
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await using cluster = await startTestCluster({ name: "stand-in" });
    expect(cluster.simulated).toBe(true);
    expect(write).toHaveBeenCalledWith(expect.stringContaining("ON THE SIMULATOR"));
    const path = "/api/v1/namespaces/default/configmaps";
    const created = await cluster.request(path, { method: "POST", body: { metadata: { name: "here" } } });
    expect(created.status).toBe(201);
    await cluster.killApiServer();
    await expect(cluster.request(`${path}/here`)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/u);
    await cluster.restartApiServer();
    expect((await cluster.request(`${path}/here`)).status).toBe(200);
  });

  it("is a failure in CI", async () => {
    await using dir = await createTempDir("hidden");
    hidePrograms(dir.path);
    vi.stubEnv("CI", "true");
    await expect(startTestCluster({ name: "none" })).rejects.toThrow(/missing etcd, kube-apiserver/u);
  });
});
