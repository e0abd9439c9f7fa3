import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type Agent, compose } from "../agent/compose.ts";
import { agentConfigSchema } from "../agent/config.ts";
import { readChartDir } from "../helm/chart/read-chart-dir.ts";
import { silentLogger } from "../shared/log.ts";
import { startKubeCluster } from "../test/kube/cluster.ts";
import { startScriptedHub } from "../test/integration/agent/scripted-hub.ts";
import { findCharts } from "./find-charts.ts";
import { markdownTable } from "./markdown-table.ts";
import { type ChartTrial, tryChart } from "./try-drift/try-chart.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", default: "" }, limit: { type: "string", default: "1000" } },
});
if (positionals.length === 0) {
  console.error(
    "usage: node tools/run.mjs tools/try-drift.ts FOLDER…: applies every unpacked chart below to a real API server and counts what shows as drift",
  );
  process.exit(2);
}

const charts = positionals
  .flatMap((root) => findCharts(root).map((path) => ({ path, name: relative(join(root, ".."), path) })))
  .filter(({ name }) => name.includes(values.only) && !name.endsWith(".tgz"))
  .slice(0, Number(values.limit));

await using cluster = await startKubeCluster({ name: "drift", controllers: true, fakeNodes: true });
await using hub = await startScriptedHub();
const dataDir = mkdtempSync(join(tmpdir(), "drover-try-drift-"));
let agent: { readonly agent: Agent; readonly running: Promise<void> } | undefined;

async function stopAgent(): Promise<void> {
  await agent?.agent[Symbol.asyncDispose]();
  await agent?.running;
  agent = undefined;
}

async function restartAgent(): Promise<void> {
  await stopAgent();
  const started = compose({
    config: agentConfigSchema.parse({ hub: hub.url, token: "token-1", dataDir, waitMs: 10_000 }),
    connection: {
      baseUrl: cluster.url,
      tls: { ca: cluster.caCert },
      authorization: () => `Bearer ${cluster.token}`,
    },
    env: {},
    version: "0.0.0-trial",
    log: silentLogger,
  });
  agent = { agent: started, running: started.start() };
}

const trials: ChartTrial[] = [];
try {
  await restartAgent();
  for (const [index, { path, name }] of charts.entries()) {
    const files = Object.fromEntries(readChartDir(path).map((file) => [file.name, file.data]));
    const trial = await tryChart({ cluster, hub, restartAgent }, { chart: name, namespace: `trial-${index}`, files });
    trials.push(trial);
    const { outcome, state, objects, error } = trial;
    console.error(
      `${index + 1}/${charts.length} ${name}: ${outcome}, ${state}, ${objects} objects ${error.slice(0, 200)}`,
    );
    for (const line of trial.drift) console.error(`  DRIFT ${line}`);
  }
} finally {
  await stopAgent();
  rmSync(dataDir, { recursive: true, force: true });
}

const settled = trials.filter(({ outcome }) => outcome === "settled");
const modified = settled.filter(({ drift }) => drift.length > 0);
console.log(
  markdownTable(
    ["what", "count"],
    [
      ["charts", String(trials.length)],
      ["refused by the chart or the API server", String(trials.length - settled.length)],
      ["applied whole and settled", String(settled.length)],
      ["objects of these", String(settled.reduce((sum, { objects }) => sum + objects, 0))],
      ["of these ever Modified", String(modified.length)],
      ["of these Ready at the end", String(settled.filter(({ state }) => state === "Ready").length)],
    ],
  ),
);
for (const { chart, drift } of modified) console.log(`- ${chart}: ${drift.join(" | ")}`);
