import { setTimeout as delay } from "node:timers/promises";
import type { KubeCluster } from "../test/kube/cluster.ts";
import type { AgentSizes } from "./agent-sizes.ts";
import { createForeign } from "./foreign-objects.ts";
import { countRequests, requestsBetween } from "./count-requests.ts";
import { type InstalledAgent, mapsBundle } from "./installed-agent.ts";
import { processUsage } from "./process-usage.ts";
import { restingRssMb } from "./resting-memory.ts";
import type { BenchRow } from "./row.ts";

/** What an agent that has nothing to do uses in a minute. */
interface IdleMinute {
  readonly rssMb: number;
  readonly cpuMs: number;
  readonly requests: number;
}

/** Measures an agent with some objects of its own at rest, then again beside foreign objects of the same kind. */
export async function benchAgentIdle(
  cluster: KubeCluster,
  agent: InstalledAgent,
  sizes: AgentSizes,
): Promise<BenchRow[]> {
  await agent.add([mapsBundle("idle", sizes.idle)]);
  const alone = await restFor(cluster, agent, sizes.idleSeconds);
  await createForeign(cluster, sizes.foreign);
  const beside = await restFor(cluster, agent, sizes.idleSeconds);
  const own = `idle, ${sizes.idle} objects`;
  const both = `${own} and ${sizes.foreign} foreign ones`;
  return [
    { what: `agent RSS, ${own}`, value: alone.rssMb, unit: "MB", target: "≤ 70 MB" },
    { what: `agent RSS, ${both}`, value: beside.rssMb, unit: "MB", floor: alone.rssMb, target: "the same" },
    { what: `agent CPU in a minute, ${own}`, value: alone.cpuMs, unit: "ms" },
    { what: `agent CPU in a minute, ${both}`, value: beside.cpuMs, unit: "ms", floor: alone.cpuMs, target: "the same" },
    { what: `API requests in a minute, ${own}`, value: alone.requests, unit: "" },
    { what: `API requests in a minute, ${both}`, value: beside.requests, unit: "" },
  ];
}

/** Returns what an agent at rest uses in a minute, extrapolated from some seconds. */
export async function restFor(cluster: KubeCluster, agent: InstalledAgent, seconds: number): Promise<IdleMinute> {
  const rssMb = await restingRssMb(agent.pid);
  const count = async () => countRequests(cluster.auditLogPath ?? "", "drover-agent");
  const before = { usage: processUsage(agent.pid), requests: await count() };
  await delay(seconds * 1000);
  const minute = 60 / seconds;
  return {
    rssMb,
    cpuMs: (processUsage(agent.pid).cpuMs - before.usage.cpuMs) * minute,
    requests: requestsBetween(before.requests, await count()).all * minute,
  };
}
