import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubeCluster } from "../test/kube/cluster.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { type CommandTime, commandTime } from "./command-time.ts";
import { countRequests, requestsBetween } from "./count-requests.ts";
import { type InstalledAgent, mapsBundle, mapText } from "./installed-agent.ts";
import { processUsage } from "./process-usage.ts";
import { type BenchRow, median } from "./row.ts";

/** Where applies are measured. */
export interface ApplyPlace {
  readonly cluster: KubeCluster;
  readonly agent: InstalledAgent;
}

/** Measures a bundle of new objects, from the hub's word to Ready, beside kubectl creating as many; both in turn. */
export async function benchAgentApply(place: ApplyPlace, objects: number, rounds: number): Promise<BenchRow[]> {
  const { cluster, agent } = place;
  await using folder = await createTempDir("bench-apply");
  const kubectl = await prepareKubectl(cluster, folder.path);
  const times: CommandTime[] = [];
  const floors: CommandTime[] = [];
  const count = async (userAgent: string) => countRequests(cluster.auditLogPath ?? "", userAgent);
  const before = { agent: await count("drover-agent"), kubectl: await count("kubectl") };
  for (let round = 0; round < rounds; round++) {
    const name = `apply-${objects}-${round}`;
    const bundle = mapsBundle(name, objects);
    const cpuMs = processUsage(agent.pid).cpuMs;
    const startMs = performance.now();
    await agent.add([bundle]);
    times.push({ wallMs: performance.now() - startMs, cpuMs: processUsage(agent.pid).cpuMs - cpuMs });
    const texts = Array.from({ length: objects }, (_, index) => mapText(`${name}-${index}`));
    const file = join(folder.path, `${name}.yaml`);
    await writeFile(file, texts.join("---\n"));
    floors.push(await commandTime({ ...kubectl, args: [...kubectl.args, "-f", file] }));
  }
  const requests = {
    agent: requestsBetween(before.agent, await count("drover-agent")).all,
    kubectl: requestsBetween(before.kubectl, await count("kubectl")).all,
  };
  const what = `${objects} new objects in one bundle`;
  return [
    { what: `${what}: said → Ready`, value: middle(times, "wallMs"), unit: "ms", floor: middle(floors, "wallMs") },
    { what: `${what}: CPU`, value: middle(times, "cpuMs"), unit: "ms", floor: middle(floors, "cpuMs") },
    { what: `${what}: API requests`, value: requests.agent / rounds, unit: "", floor: requests.kubectl / rounds },
  ];
}

function middle(times: readonly CommandTime[], key: keyof CommandTime): number {
  return median(times.map((time) => time[key]));
}

async function prepareKubectl(cluster: KubeCluster, folder: string) {
  const program = (await findOrBuildBinary("kubectl")) ?? "kubectl";
  const env = { KUBECONFIG: cluster.kubeconfigPath, KUBECACHEDIR: join(folder, "cache") };
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: "floor" } };
  await cluster.request("/api/v1/namespaces", { method: "POST", body });
  const args = ["apply", "--server-side", "--field-manager=floor", "-n", "floor"];
  // Its discovery is cached, as it is for somebody who uses it every day.
  await commandTime({ program, args: ["get", "configmaps", "-n", "floor"], env });
  return { program, env, args };
}
