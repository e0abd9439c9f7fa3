import { followRepository, startChain, until } from "../test/support/e2e-chain.ts";
import { processUsage } from "./process-usage.ts";
import { restingRssMb } from "./resting-memory.ts";
import type { BenchRow } from "./row.ts";
import { sampleChart } from "./sample-chart.ts";

const templates = 60;

/** Measures an installed agent's memory around a chart of 60 templates, on a real API server. */
export async function benchMemory(): Promise<BenchRow[]> {
  await using chain = await startChain(["dev"], { installed: true });
  const cluster = chain.clusters["dev"];
  const pid = chain.agents["dev"]?.pid ?? 0;
  const url = await chain.git.createRepository("bench");
  const small = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n";
  await chain.git.commit("bench", { message: "start", files: { "one/cm.yaml": small, "one/fleet.yaml": place } });
  await followRepository(chain.bundler, { name: "bench", url, spec: { pollingInterval: "1s" } });
  const exists = async (path: string): Promise<boolean> => (await cluster?.request(path))?.status === 200;
  await until("the first bundle is applied", () => exists("/api/v1/namespaces/bench/configmaps/one"));
  const before = await restingRssMb(pid);
  let peak = before;
  const sampler = setInterval(() => {
    peak = Math.max(peak, processUsage(pid).rssMb);
  }, 5);
  await chain.git.commit("bench", { message: "chart", files: chartFiles() });
  await until("the chart is applied", () => exists(lastObject));
  clearInterval(sampler);
  const after = await restingRssMb(pid);
  const what = `a chart of ${templates} templates`;
  return [
    { what: "agent RSS, one bundle, no chart yet", value: before, unit: "MB", target: "≤ 70 MB" },
    { what: `agent peak RSS while ${what} is rendered and applied`, value: peak, unit: "MB" },
    { what: `agent RSS after ${what}`, value: after, unit: "MB" },
  ];
}

/** Ingresses are applied last; the last of them is the last but one of the templates, behind three other files. */
const lastObject = `/apis/networking.k8s.io/v1/namespaces/bench/ingresses/bench-app-${templates + 1}`;
const place = "defaultNamespace: bench\n";

/** Returns the sample chart with a name of its own for each object, as a bundle. */
function chartFiles(): Record<string, string> {
  const files = sampleChart(templates).map(({ name, data }, index): [string, string] => {
    const text = Buffer.from(data).toString("utf8");
    const isObject = name.startsWith("templates/object-");
    const own = isObject ? text.replace(/^ {2}name: .*$/mu, (line) => `${line}-${index}`) : text;
    return [`app/${name}`, own];
  });
  return { ...Object.fromEntries(files), "app/fleet.yaml": place };
}
