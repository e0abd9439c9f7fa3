import { setTimeout as delay } from "node:timers/promises";
import type { KubeCluster } from "../test/kube/cluster.ts";
import { percentile } from "./chain.ts";
import { type InstalledAgent, mapsBundle } from "./installed-agent.ts";
import type { BenchRow } from "./row.ts";

const lookMs = 2;

/** Measures how long an edit takes until the hub knows of it, and until it is put back; each round edits another object. */
export async function benchAgentDrift(
  cluster: KubeCluster,
  agent: InstalledAgent,
  rounds: number,
): Promise<BenchRow[]> {
  await agent.add([mapsBundle("seen", 100), mapsBundle("corrected", 100, { correctDrift: { enabled: true } })]);
  const seen: number[] = [];
  const corrected: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = await edit(cluster, `seen-${round}`, "edited");
    await untilTrue(async () => agent.hub.statuses.get("bench/seen")?.state === "Modified");
    seen.push(performance.now() - startMs);
    await edit(cluster, `seen-${round}`, "1");
    await untilTrue(async () => agent.hub.statuses.get("bench/seen")?.state === "Ready");

    const againMs = await edit(cluster, `corrected-${round}`, "edited");
    await untilTrue(async () => (await valueOf(cluster, `corrected-${round}`)) === "1");
    corrected.push(performance.now() - againMs);
  }
  const rows = (what: string, times: readonly number[], target: string): BenchRow[] => [
    { what: `${what}, p50 of ${rounds}`, value: percentile(times, 0.5), unit: "ms", target },
    { what: `${what}, p95 of ${rounds}`, value: percentile(times, 0.95), unit: "ms" },
  ];
  return [
    ...rows("drift told to the hub, one of 100 objects", seen, "≤ 200 ms"),
    ...rows("drift corrected, one of 100 objects", corrected, "≤ 300 ms"),
  ];
}

/** Edits an object as somebody else would, and returns when the API server had it. */
async function edit(cluster: KubeCluster, name: string, value: string): Promise<number> {
  const answer = await cluster.request(`${pathOf(name)}?fieldManager=somebody`, {
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body: { data: { value } },
  });
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`);
  return performance.now();
}

async function valueOf(cluster: KubeCluster, name: string): Promise<string | undefined> {
  const { text } = await cluster.request(pathOf(name));
  return /"value":"([^"]*)"/u.exec(text)?.[1];
}

function pathOf(name: string): string {
  return `/api/v1/namespaces/bench/configmaps/${name}`;
}

async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await delay(lookMs);
}
