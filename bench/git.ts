import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

import { createGitHttp } from "../bundler/git/git-http.ts";
import type { GitSource } from "../bundler/git/git-source.ts";
import { createGitSource } from "../bundler/git/git-source.ts";
import type { RemoteSession } from "../bundler/git/ls-refs.ts";
import { lsRefs } from "../bundler/git/ls-refs.ts";
import { systemClock } from "../shared/clock.ts";
import { silentLogger } from "../shared/log.ts";
import type { BenchGitServer } from "./git-server-process.ts";
import { startGitServerProcess } from "./git-server-process.ts";
import type { BenchRow } from "./row.ts";
import { median } from "./row.ts";
import { importFiles, sampleBundle, sampleFiles } from "./sample-repository.ts";

const run = promisify(execFile);
const commits = 15;

/** Measures noticing and fetching a commit beside `git fetch`, a first clone beside `git clone`, and what polling costs. */
export async function benchGit(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "drover-bench-"));
  await using server = await startGitServerProcess(join(folder, "repositories"));
  await using source = createGitSource({
    dataDir: join(folder, "data"),
    clock: systemClock,
    log: silentLogger,
    path: process.env["PATH"] ?? "",
  });
  try {
    const clone = await benchClone({ folder, server, source });
    const fetch = await benchFetch({ folder, server, source });
    return [...clone, ...fetch, await benchPolling({ folder, server, source })];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly folder: string;
  readonly server: BenchGitServer;
  readonly source: GitSource;
}

async function benchClone({ folder, server, source }: Stage): Promise<BenchRow[]> {
  const url = await server.createRepository("large");
  await importFiles(server.repositoryPath("large"), sampleFiles(10_000), "fresh");
  using http = createGitHttp();
  const start = performance.now();
  const { refs, session } = await lsRefs({ http, remote: { url } });
  await source.fetcher.fetchCommit({ remote: { url }, commit: refs.get("refs/heads/main") ?? "", session });
  const value = performance.now() - start;
  const floorStart = performance.now();
  await run("git", ["clone", "--quiet", "--bare", "--depth=1", url, join(folder, "clone.git")]);
  return [{ what: "first fetch, 10,000 directories", value, unit: "ms", floor: performance.now() - floorStart }];
}

async function benchFetch({ folder, server, source }: Stage): Promise<BenchRow[]> {
  const url = await server.createRepository("small");
  const bare = server.repositoryPath("small");
  await importFiles(bare, sampleFiles(20), "fresh");
  const floorDir = join(folder, "floor.git");
  await run("git", ["clone", "--quiet", "--bare", url, floorDir]);
  using http = createGitHttp();
  const remote = { url };
  let session: RemoteSession | undefined;
  const times: { ask: number; fetch: number; floor: number }[] = [];
  for (let index = 0; index <= commits; index += 1) {
    const text = `${sampleBundle(3)["service.yaml"] ?? ""}# ${index}\n`;
    await importFiles(bare, { "apps/team3/app3/service.yaml": text }, "on-top");
    const start = performance.now();
    const found = await lsRefs({
      http,
      remote,
      prefixes: ["refs/heads/main"],
      ...(session === undefined ? {} : { session }),
    });
    session = found.session;
    const asked = performance.now();
    await source.fetcher.fetchCommit({ remote, commit: found.refs.get("refs/heads/main") ?? "", session });
    const fetched = performance.now();
    await run("git", ["-C", floorDir, "fetch", "--quiet", url, "+main:main"]);
    if (index > 0) times.push({ ask: asked - start, fetch: fetched - asked, floor: performance.now() - fetched });
  }
  const floor = median(times.map((time) => time.floor));
  return [
    { what: "notice a commit (ls-refs)", value: median(times.map((time) => time.ask)), unit: "ms" },
    {
      what: "notice and fetch a commit of one file",
      value: median(times.map((time) => time.ask + time.fetch)),
      unit: "ms",
      floor,
      target: "10–25 ms, ≤ git fetch",
    },
  ];
}

/** CPU of this process for each repository that is asked every second; the server is another process. */
async function benchPolling({ server, source }: Stage): Promise<BenchRow> {
  const repositories = 10;
  const seconds = 5;
  const followed = await Promise.all(
    Array.from({ length: repositories }, async (_, index) => {
      const url = await server.createRepository(`poll${index}`);
      await importFiles(server.repositoryPath(`poll${index}`), sampleBundle(1), "fresh");
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const following = source.noticer.follow({
        remote: { url },
        wish: { branch: "main" },
        intervalMs: 1000,
        onCommit: () => resolve(),
        onError: reject,
      });
      await promise;
      return following;
    }),
  );
  const cpu = process.cpuUsage();
  await delay(seconds * 1000);
  const used = process.cpuUsage(cpu);
  for (const following of followed) following[Symbol.dispose]();
  const milliseconds = (used.user + used.system) / 1000 / (repositories * seconds);
  const what = "polling at 1 s, share of a core per repository";
  return { what, value: milliseconds / 10, unit: "%", target: "≤ 1 %" };
}
