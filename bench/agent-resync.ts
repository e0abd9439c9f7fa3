import { setTimeout as delay } from "node:timers/promises";
import type { KubeCluster } from "../test/kube/cluster.ts";
import { until } from "../test/support/e2e-chain.ts";
import { countRequests, requestsBetween } from "./count-requests.ts";
import { type InstalledAgent, mapsBundle } from "./installed-agent.ts";
import { processUsage } from "./process-usage.ts";
import type { BenchRow } from "./row.ts";

const perBundle = 100;
const quietMs = 3000;
const patienceMs = 30 * 60_000;

/**
 * Measures how long an agent takes to compare everything anew, and what for: the first time after an apply, and again with
 * nothing changed. A new rule for health makes it do so.
 */
export async function benchAgentResync(
  cluster: KubeCluster,
  agent: InstalledAgent,
  bundles: number,
): Promise<BenchRow[]> {
  const names = Array.from({ length: bundles }, (_, index) => `resync-${index}`);
  await agent.add(names.map((name) => mapsBundle(name, perBundle)));
  const what = `full resync of ${bundles * perBundle} objects in ${bundles} bundles`;
  return [
    ...(await resync({ cluster, agent, bundles }, `first ${what}`)),
    ...(await resync({ cluster, agent, bundles }, `second ${what}`)),
  ];
}

interface ResyncPlace {
  readonly cluster: KubeCluster;
  readonly agent: InstalledAgent;
  readonly bundles: number;
}

async function resync({ cluster, agent, bundles }: ResyncPlace, what: string): Promise<BenchRow[]> {
  await untilQuiet(agent);
  const count = async () => countRequests(cluster.auditLogPath ?? "", "drover-agent");
  const before = { usage: processUsage(agent.pid), looks: await agent.looks(), requests: await count() };
  let peakMb = before.usage.rssMb;
  const sampler = setInterval(() => {
    peakMb = Math.max(peakMb, processUsage(agent.pid).rssMb);
  }, 20);
  const startMs = performance.now();
  await addHealthRule(cluster, agent.namespace);
  const isDone = async (): Promise<boolean> => (await agent.looks()) >= before.looks + bundles;
  await until("everything is compared anew", isDone, { timeoutMs: patienceMs });
  const wallMs = performance.now() - startMs;
  clearInterval(sampler);
  const cpuMs = processUsage(agent.pid).cpuMs - before.usage.cpuMs;
  const requests = requestsBetween(before.requests, await count());
  return [
    { what: `${what}: time`, value: wallMs / 1000, unit: "s" },
    { what: `${what}: CPU of the agent`, value: cpuMs / 1000, unit: "s" },
    { what: `${what}: peak RSS, beside that before`, value: peakMb, unit: "MB", floor: before.usage.rssMb },
    { what: `${what}: API requests`, value: requests.all, unit: "" },
    { what: `${what}: dry runs among them`, value: requests.dryRuns, unit: "" },
  ];
}

/** Waits until the agent has looked at nothing for a while: what it applied last has come back over its watches. */
async function untilQuiet(agent: InstalledAgent): Promise<void> {
  let looks = -1;
  for (let now = await agent.looks(); now !== looks; now = await agent.looks()) {
    looks = now;
    await delay(quietMs);
  }
}

async function addHealthRule(cluster: KubeCluster, namespace: string): Promise<void> {
  const rule = { apiVersion: "bench.example.com/v1", kind: "Nothing", current: "true" };
  const answer = await cluster.request(`/api/v1/namespaces/${namespace}/configmaps`, {
    method: "POST",
    body: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { generateName: "bench-rule-", labels: { "drover.dev/health-rules": "true" } },
      data: { rules: JSON.stringify({ healthCheckExprs: [rule] }) },
    },
  });
  if (answer.status !== 201) throw new Error(`the rule for health: ${answer.status} ${answer.text}`);
}
