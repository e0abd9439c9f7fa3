import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startKubeCluster } from "../kube/cluster.ts";
import { describeWithKube } from "../support/kube.ts";
import { createTempDir } from "../support/temp-dir.ts";

const run = promisify(execFile);

describeWithKube("npm run demo -- --kubeconfig", () => {
  it("plays its tour on real clusters, one for each context", async () => {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await createTempDir("demo"));
    const clusters = await Promise.all(["one", "two", "three"].map(async (name) => startKubeCluster({ name })));
    for (const cluster of clusters) stack.use(cluster);
    const kubeconfig = join(folder.path, "kubeconfig");
    const text = {
      apiVersion: "v1",
      kind: "Config",
      clusters: clusters.map(({ name, url, caCert }) => ({
        name,
        cluster: { server: url, "certificate-authority-data": Buffer.from(caCert).toString("base64") },
      })),
      users: clusters.map(({ name, token }) => ({ name, user: { token } })),
      contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    };
    await writeFile(kubeconfig, JSON.stringify(text));
    const root = join(import.meta.dirname, "../..");
    const args = [join(root, "simulator/demo/main.ts"), "--script", "--kubeconfig", kubeconfig, "--folder", "demo"];
    const { stdout } = await run(process.execPath, args, { cwd: folder.path, timeout: 120_000 });
    expect(stdout).toContain("The tour went as it should.");
    expect(stdout.match(/^ok /gmu)).toHaveLength(10);
  });
});
