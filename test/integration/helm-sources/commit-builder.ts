import { buildCommit } from "../../../bundler/build/build-commit.ts";
import { chartAccessOf, type ChartSecrets } from "../../../bundler/build/chart-access.ts";
import type { BuildCache, CommitBuild } from "../../../bundler/build/commit-build.ts";
import { createChartSource, type SourceLimits } from "../../../helm/chart/source/fetch-chart.ts";
import type { GitRepo } from "../../../shared/api/git-repo.ts";
import { createChartPins } from "../../../shared/bundle/charts/chart-pins.ts";
import { createChartFetcher } from "../../../shared/bundle/charts/fetch-charts.ts";
import { memoryCommit, type MemoryStore } from "../../support/memory-commit.ts";

/** The time at which commits of these tests are built. */
const buildClock = { now: () => Date.parse("2026-05-01T08:00:00Z"), elapsed: () => 0 };

/** Returns a function that builds commits one after the other, as the hub does for one GitRepo. */
export function createCommitBuilder(from: {
  readonly cacheDir: string;
  readonly gitRepo: GitRepo;
  /** The Secret of `helmSecretName`. */
  readonly secret: NonNullable<ChartSecrets["forAll"]>;
  readonly limits?: Partial<SourceLimits>;
}): (files: Readonly<Record<string, string>>) => Promise<CommitBuild> {
  const source = createChartSource({ cacheDir: from.cacheDir, limits: from.limits ?? {} });
  const store: MemoryStore = new Map();
  let cache: BuildCache | undefined;
  return async (files) => {
    const build = await buildCommit({
      tree: memoryCommit(files, store),
      options: { name: "repo", namespace: "team" },
      scan: {},
      charts: createChartFetcher({
        source,
        access: async () => Promise.resolve(chartAccessOf(from.gitRepo, { forAll: from.secret })),
        pins: createChartPins({ pins: [], intervalMs: 900_000, nowMs: buildClock.now() }),
        clock: buildClock,
      }),
      ...(cache === undefined ? {} : { cache }),
    });
    cache = build.cache;
    return build;
  };
}
