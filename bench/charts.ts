import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createDecoderThread } from "../bundler/build/decode-in-worker.ts";
import { createChartSource } from "../helm/chart/source/fetch-chart.ts";
import type { SourceDecoder } from "../helm/chart/source/decode-source.ts";
import { inlineDecoder } from "../helm/chart/source/decode-source.ts";
import { chartArchive } from "../test/support/chart-archive.ts";
import { startChartServer } from "../test/support/chart-server.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { median, type BenchRow } from "./row.ts";

const versions = 4500;

/** Times charts by a repository's index of 7 MB, and how long the hub does nothing else meanwhile. */
export async function benchCharts(): Promise<BenchRow[]> {
  await using decoder = createDecoderThread();
  const [inThread, inline] = [await fetchMany(decoder), await fetchMany(inlineDecoder)];
  return [
    {
      what: "chart by a range from an index of 7 MB",
      value: median(inThread.times),
      unit: "ms",
      floor: median(inline.times),
    },
    {
      what: "longest pause of the hub meanwhile (beside: without the thread)",
      value: inThread.pauseMs,
      unit: "ms",
      floor: inline.pauseMs,
      target: "< 50 ms",
    },
  ];
}

async function fetchMany(decoder: SourceDecoder): Promise<{ readonly times: number[]; readonly pauseMs: number }> {
  await using dir = await createTempDir("bench-charts");
  await using server = await startChartServer();
  server.add("web", `1.0.${versions - 1}`, largeChart());
  const index = Buffer.from(largeIndex());
  server.override("/repo/index.yaml", (_request, response) => {
    response.end(index);
  });
  const source = (run: number) => createChartSource({ cacheDir: join(dir.path, String(run)), decoder });
  const wish = { chart: "web", repo: `${server.url}/repo`, version: "~1.0" };
  await source(0).fetchChart(wish);
  const pauses = monitorEventLoopDelay({ resolution: 1 });
  pauses.enable();
  const times: number[] = [];
  for (let run = 1; run <= 5; run += 1) {
    const begun = performance.now();
    await source(run).fetchChart(wish);
    times.push(performance.now() - begun);
  }
  pauses.disable();
  return { times, pauseMs: pauses.max / 1e6 };
}

function largeIndex(): string {
  const items = Array.from(
    { length: versions },
    (_, patch) =>
      `  - apiVersion: v2\n    description: ${"x".repeat(1500)}\n    name: web\n    urls:\n    - web-1.0.${patch}.tgz\n    version: 1.0.${patch}\n`,
  );
  return `apiVersion: v1\nentries:\n  web:\n${items.join("")}`;
}

/** As many files and values as kube-prometheus-stack has. */
function largeChart(): Buffer {
  const values = Array.from({ length: 4000 }, (_, index) => `key${index}: {enabled: true, image: "a/b:${index}"}\n`);
  const files = Array.from({ length: 250 }, (_, index) => [`templates/t${index}.yaml`, "a: b\n".repeat(1000)] as const);
  return chartArchive("web", `1.0.${versions - 1}`, { "values.yaml": values.join(""), ...Object.fromEntries(files) });
}
