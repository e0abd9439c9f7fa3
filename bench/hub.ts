import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createSealer } from "../bundler/store/sealer.ts";
import { createSealerKey } from "../bundler/store/sealer.ts";
import { migrate } from "../bundler/store/migrate.ts";
import { openObjectTable } from "../bundler/store/object-table.ts";
import { openSqlite } from "../bundler/store/sqlite/open-sqlite.ts";
import { freePort } from "../test/kube/free-port.ts";
import { startBundler, type BundlerProcess } from "../test/support/drover-process.ts";
import { followRepository, until } from "../test/support/e2e-chain.ts";
import { startGitServer } from "../test/support/git-server.ts";
import { processUsage } from "./process-usage.ts";
import { type BenchRow, median } from "./row.ts";

const commits = 15;
const bundles = 20;

/** Measures what a commit costs the hub while 10, 1,000 and 100,000 clusters are registered and none is connected. */
export async function benchHub(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const clusters of [10, 1000, 100_000]) rows.push(...(await benchSize(clusters)));
  return rows;
}

async function benchSize(clusters: number): Promise<BenchRow[]> {
  await using git = await startGitServer();
  await using bundler = await startBundler({ port: await freePort() });
  await bundler.stop("SIGTERM");
  await registerClusters(join(bundler.dataDir, "drover.db"), clusters);
  await bundler.start();
  const repo = await git.createRepository("bench");
  await git.commit("bench", {
    message: "start",
    files: Object.assign({}, ...Array.from({ length: bundles }, (_, index) => files(index, "0"))) as Record<
      string,
      string
    >,
  });
  await followRepository(bundler, { name: "bench", url: repo });
  await untilDeployed(bundler, 1);
  const content = await measure({ git, bundler }, (round) => files(0, String(round)));
  const single = await measure({ git, bundler }, (round) => ({
    "solo/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: solo }\n",
    "solo/fleet.yaml": `overrideTargets: [{ clusterName: cluster-${round} }]\n`,
  }));
  const { rssMb } = processUsage(bundler.pid());
  return [
    {
      what: `hub CPU per commit, ${clusters} clusters, one file changed`,
      value: content,
      unit: "ms",
      target: "≤ 15 ms at any number",
    },
    {
      what: `hub CPU per commit, ${clusters} clusters, selector that names one cluster changed`,
      value: single,
      unit: "ms",
      target: "≤ 15 ms at any number",
    },
    { what: `hub RSS, ${clusters} clusters registered`, value: rssMb, unit: "MB" },
  ];
}

function files(index: number, value: string): Record<string, string> {
  return {
    [`app-${index}/cm.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-${index}\ndata:\n  value: "${value}"\n`,
    [`app-${index}/fleet.yaml`]:
      "targetCustomizations:\n  - clusterSelector: { matchLabels: { env: prod } }\n    helm: { values: { env: prod } }\n",
  };
}

/** Writes clusters as registration would, straight into the database of a stopped bundler. */
async function registerClusters(file: string, count: number): Promise<void> {
  await using db = openSqlite(file);
  await migrate(db);
  const objects = await openObjectTable(db, createSealer(createSealerKey()));
  const envs = ["dev", "staging", "prod"];
  await objects.write(async (writer) => {
    for (let index = 0; index < count; index++) {
      const name = `cluster-${index}`;
      const labels = { env: envs[index % 3] ?? "", region: `r${index % 7}`, name };
      await writer.create(
        { resource: "fleet.cattle.io/clusters", namespace: "fleet-default", name },
        {
          apiVersion: "fleet.cattle.io/v1alpha1",
          kind: "Cluster",
          metadata: { name, namespace: "fleet-default", uid: randomUUID(), labels },
          spec: { clientID: randomUUID() },
        },
      );
    }
  });
}

async function untilDeployed(bundler: BundlerProcess, count: number): Promise<void> {
  await until(
    `${count} commits deployed`,
    async () => bundler.output().split('"msg":"commit deployed"').length - 1 >= count,
    { timeoutMs: 60_000, describe: () => bundler.output().slice(-2000) },
  );
}

/** Returns the median CPU of a commit, that of the poll which notices it included and idle time taken off. */
async function measure(
  parts: { readonly git: Awaited<ReturnType<typeof startGitServer>>; readonly bundler: BundlerProcess },
  change: (round: number) => Record<string, string>,
): Promise<number> {
  const { git, bundler } = parts;
  const costs: number[] = [];
  for (let round = 1; round <= commits; round++) {
    const deployed = bundler.output().split('"msg":"commit deployed"').length - 1;
    const before = processUsage(bundler.pid()).cpuMs;
    await git.commit("bench", { message: `round ${round}`, files: change(round) });
    await untilDeployed(bundler, deployed + 1);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    costs.push(processUsage(bundler.pid()).cpuMs - before);
  }
  return median(costs);
}
