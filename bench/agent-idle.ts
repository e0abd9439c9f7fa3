import { setTimeout as delay } from "node:timers/promises";
import type { KubeCluster } from "../test/kube/cluster.ts";
import { runAll } from "../agent/run-all.ts";
import type { AgentSizes } from "./agent-sizes.ts";
import { countRequests, requestsBetween } from "./count-requests.ts";
import { type InstalledAgent, mapsBundle } from "./installed-agent.ts";
import { processUsage } from "./process-usage.ts";
import type { BenchRow } from "./row.ts";

/** Requests of the bench at the same time. */
const parallel = 24;
const settleMs = 5000;

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

async function restFor(cluster: KubeCluster, agent: InstalledAgent, seconds: number): Promise<IdleMinute> {
  await delay(settleMs);
  const count = async () => countRequests(cluster.auditLogPath ?? "", "drover-agent");
  const before = { usage: processUsage(agent.pid), requests: await count() };
  let rssMb = before.usage.rssMb;
  for (let second = 0; second < seconds; second++) {
    await delay(1000);
    rssMb = Math.min(rssMb, processUsage(agent.pid).rssMb);
  }
  const minute = 60 / seconds;
  return {
    rssMb,
    cpuMs: (processUsage(agent.pid).cpuMs - before.usage.cpuMs) * minute,
    requests: requestsBetween(before.requests, await count()).all * minute,
  };
}

/** Creates ConfigMaps that no agent has anything to do with. */
async function createForeign(cluster: KubeCluster, count: number): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  await runAll(indexes, parallel, async (index) => {
    const metadata = { name: `foreign-${index}`, labels: { app: "foreign" } };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { text: "x".repeat(1000) } };
    const answer = await cluster.request("/api/v1/namespaces/default/configmaps", { method: "POST", body });
    if (answer.status !== 201) throw new Error(`foreign-${index}: ${answer.status} ${answer.text}`);
  });
}
