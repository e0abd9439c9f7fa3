import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildCommit } from "../bundler/build/build-commit.ts";
import type { BuildCache } from "../bundler/build/commit-build.ts";
import type { Commit, CommitFetcher } from "../bundler/git/fetch-commit.ts";
import { defaultFetchLimits } from "../bundler/git/fetch-limits.ts";
import { createGitHttp } from "../bundler/git/git-http.ts";
import { createGitSource } from "../bundler/git/git-source.ts";
import { lsRefs } from "../bundler/git/ls-refs.ts";
import type { TreeCache } from "../bundler/git/read-tree.ts";
import { createTreeCache, openCommitTree } from "../bundler/git/read-tree.ts";
import { systemClock } from "../shared/clock.ts";
import { silentLogger } from "../shared/log.ts";
import { startGitServerProcess } from "./git-server-process.ts";
import type { BenchRow } from "./row.ts";
import { median } from "./row.ts";
import { importFiles, sampleBundle, sampleFiles } from "./sample-repository.ts";

const options = { name: "bench", namespace: "default", targets: [{ name: "all", clusterSelector: {} }] };

interface Timed {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Measures the build of 1,000 and 10,000 bundle directories from nothing and with one directory changed. */
export async function benchBuild(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "drover-bench-"));
  await using server = await startGitServerProcess(join(folder, "repositories"));
  await using source = createGitSource({
    dataDir: join(folder, "data"),
    clock: systemClock,
    log: silentLogger,
    path: process.env["PATH"] ?? "",
  });
  try {
    const rows: BenchRow[] = [];
    for (const [count, target] of [
      [1000, "≤ 150 ms"],
      [10_000, "≤ 1500 ms"],
    ] as const) {
      const url = await server.createRepository(`r${count}`);
      rows.push(
        ...(await benchSize({ count, target, url, bare: server.repositoryPath(`r${count}`), fetcher: source.fetcher })),
      );
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchSize(given: {
  readonly count: number;
  readonly target: string;
  readonly url: string;
  readonly bare: string;
  readonly fetcher: CommitFetcher;
}): Promise<BenchRow[]> {
  const { count, bare, fetcher } = given;
  using http = createGitHttp();
  const remote = { url: given.url };
  const head = async (): Promise<Commit> => {
    const { refs, session } = await lsRefs({ http, remote, prefixes: ["refs/heads/main"] });
    return fetcher.fetchCommit({ remote, commit: refs.get("refs/heads/main") ?? "", session });
  };
  await importFiles(bare, sampleFiles(count), "fresh");
  const commit = await head();
  const cold: Timed[] = [];
  let trees = createTreeCache();
  let cache: BuildCache | undefined;
  for (let run = 0; run < 3; run += 1) {
    trees = createTreeCache();
    const built = await timeBuild(commit, trees, undefined);
    cold.push(built.time);
    cache = built.cache;
  }
  const warm: Timed[] = [];
  for (let run = 0; run < 9; run += 1) {
    const text = `${sampleBundle(7)["service.yaml"] ?? ""}# ${run}\n`;
    await importFiles(bare, { "apps/team7/app7/service.yaml": text }, "on-top");
    const built = await timeBuild(await head(), trees, cache);
    if (built.built !== 1) throw new Error(`${built.built} bundles were built for one changed directory`);
    warm.push(built.time);
    cache = built.cache;
  }
  const name = `bundle build, ${count} directories`;
  return [
    {
      what: `${name}, from nothing`,
      value: median(cold.map(({ wallMs }) => wallMs)),
      unit: "ms",
      target: given.target,
    },
    { what: `${name}, from nothing, CPU`, value: median(cold.map(({ cpuMs }) => cpuMs)), unit: "ms" },
    { what: `${name}, one changed`, value: median(warm.map(({ wallMs }) => wallMs)), unit: "ms", target: "≤ 10 ms" },
    { what: `${name}, one changed, CPU`, value: median(warm.map(({ cpuMs }) => cpuMs)), unit: "ms" },
  ];
}

async function timeBuild(
  commit: Commit,
  trees: TreeCache,
  cache: BuildCache | undefined,
): Promise<{ readonly time: Timed; readonly cache: BuildCache; readonly built: number }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  using tree = openCommitTree({ commit, cache: trees, limits: defaultFetchLimits });
  const build = await buildCommit({ tree, options, scan: {}, ...(cache === undefined ? {} : { cache }) });
  const used = process.cpuUsage(cpu);
  const time = { wallMs: performance.now() - start, cpuMs: (used.user + used.system) / 1000 };
  return { time, cache: build.cache, built: build.counts.built };
}
