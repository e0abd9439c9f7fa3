import { startKubeCluster } from "../test/kube/cluster.ts";
import { benchAgentApply } from "./agent-apply.ts";
import { benchAgentCrowd } from "./agent-crowd.ts";
import { benchAgentDrift } from "./agent-drift.ts";
import { benchAgentIdle } from "./agent-idle.ts";
import { benchAgentResync } from "./agent-resync.ts";
import { agentSizes } from "./agent-sizes.ts";
import { startInstalledAgent } from "./installed-agent.ts";
import type { BenchRow } from "./row.ts";

/**
 * Measures an installed agent on a real API server: idle and beside foreign objects, drift, applies beside
 * `kubectl apply --server-side`, a full resync. `share` makes less of everything.
 */
export async function benchAgent(share: number): Promise<BenchRow[]> {
  const sizes = agentSizes(share);
  await using cluster = await startKubeCluster({ name: "bench", auditLog: true });
  const rows: BenchRow[] = [];
  {
    await using agent = await startInstalledAgent(cluster, "drover-idle");
    rows.push(...(await benchAgentIdle(cluster, agent, sizes)));
    rows.push(...(await benchAgentDrift(cluster, agent, sizes.driftRounds)));
  }
  {
    await using agent = await startInstalledAgent(cluster, "drover-apply");
    for (const { objects, rounds } of sizes.applies)
      rows.push(...(await benchAgentApply({ cluster, agent }, objects, rounds)));
  }
  await using agent = await startInstalledAgent(cluster, "drover-resync");
  return [...rows, ...(await benchAgentResync(cluster, agent, sizes.resyncBundles))];
}

/** Measures an installed agent with 10,000 objects (or a share of them) in a cluster of many foreign ones. */
export async function benchCrowdedAgent(share: number, foreign: number): Promise<BenchRow[]> {
  await using cluster = await startKubeCluster({ name: "bench", auditLog: true });
  await using agent = await startInstalledAgent(cluster, "drover-crowd");
  const { resyncBundles: bundles, idleSeconds } = agentSizes(share);
  return await benchAgentCrowd(cluster, agent, { bundles, foreign, idleSeconds });
}
