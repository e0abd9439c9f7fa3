import type { KubeCluster } from "../test/kube/cluster.ts";
import { createForeign } from "./foreign-objects.ts";
import { type InstalledAgent, mapsBundle } from "./installed-agent.ts";
import { restFor } from "./agent-idle.ts";
import { processUsage } from "./process-usage.ts";
import type { BenchRow } from "./row.ts";

const perBundle = 100;

/** How large a cluster is. */
export interface CrowdSizes {
  /** Bundles of 100 objects each. */
  readonly bundles: number;
  /** Objects that no agent has anything to do with. */
  readonly foreign: number;
  readonly idleSeconds: number;
}

/** Measures an agent with many objects of its own at rest, while foreign objects are created, and at rest beside them. */
export async function benchAgentCrowd(
  cluster: KubeCluster,
  agent: InstalledAgent,
  { bundles, foreign, idleSeconds }: CrowdSizes,
): Promise<BenchRow[]> {
  await agent.add(Array.from({ length: bundles }, (_, index) => mapsBundle(`crowd-${index}`, perBundle)));
  const alone = await restFor(cluster, agent, idleSeconds);
  const before = processUsage(agent.pid);
  const startMs = performance.now();
  await createForeign(cluster, foreign);
  const creating = (performance.now() - startMs) / 60_000;
  const creatingCpuMs = (processUsage(agent.pid).cpuMs - before.cpuMs) / creating;
  const beside = await restFor(cluster, agent, idleSeconds);
  const own = `${bundles * perBundle} objects of its own`;
  const both = `${own} beside ${foreign} foreign ones`;
  return [
    { what: `agent RSS, ${own}`, value: alone.rssMb, unit: "MB" },
    { what: `agent RSS, ${both}`, value: beside.rssMb, unit: "MB", floor: alone.rssMb, target: "the same" },
    { what: `agent CPU in a minute, ${own}`, value: alone.cpuMs, unit: "ms" },
    { what: "… while the foreign ones are created", value: creatingCpuMs, unit: "ms", floor: alone.cpuMs },
    { what: `… ${both}`, value: beside.cpuMs, unit: "ms", floor: alone.cpuMs, target: "the same" },
    { what: `API requests in a minute, ${own}`, value: alone.requests, unit: "" },
    { what: `… ${both}`, value: beside.requests, unit: "", target: "the same" },
  ];
}
