import { spawn } from "node:child_process";
import { access, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { describeWithKube } from "../../support/kube.ts";

const clusterModule = join(import.meta.dirname, "../../kube/cluster.ts");
const program = `
  const { startKubeCluster } = await import(${JSON.stringify(clusterModule)});
  const cluster = await startKubeCluster({ name: "abandoned", controllers: true });
  console.log(cluster.kubeconfigPath);
  setInterval(() => undefined, 1000);
`;

/** Returns the command lines of all processes that mention the text; empty where there is no /proc. */
async function commandLinesWith(text: string): Promise<string[]> {
  const entries = await readdir("/proc").catch(() => []);
  const lines = await Promise.all(
    // A process may end between the listing and the reading.
    entries
      .filter((name) => /^\d+$/u.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(text));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describeWithKube("a test process that is killed", () => {
  it("leaves neither processes nor files behind", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const kubeconfigPath = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", () => {
        reject(new Error("the process ended before its cluster was ready"));
      });
    });
    const dir = dirname(kubeconfigPath);
    const before = await commandLinesWith(dir);
    for (const name of ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]) {
      expect(before.join("\n")).toContain(`/${name}\0`);
    }
    child.kill("SIGKILL");
    const giveUpAt = Date.now() + 30_000;
    while ((await exists(dir)) || (await commandLinesWith(dir)).length > 0) {
      if (Date.now() > giveUpAt) break;
      await delay(50);
    }
    expect(await commandLinesWith(dir)).toEqual([]);
    expect(await exists(dir)).toBe(false);
  });
});
