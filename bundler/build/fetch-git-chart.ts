import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FetchGitChart } from "../../helm/chart/source/download-chart.ts";
import { createGitChartFetcher as createFetcher } from "../../shared/bundle/charts/fetch-git-chart.ts";
import type { GitSource } from "../git/git-source.ts";
import { createTreeCache, openCommitTree } from "../git/read-tree.ts";

/**
 * Returns a function that fetches a chart's directory from Git, by the hub's own client and with its limits. Each fetch has
 * an object store of its own below `dir`, which goes when the files are read: what is kept is in the chart cache.
 */
export function createGitChartFetcher(
  git: Pick<GitSource, "askRefs" | "fetcherIn" | "limits">,
  dir: string,
): FetchGitChart {
  rmSync(dir, { recursive: true, force: true });
  return createFetcher({
    listRefs: async (remote, prefixes, signal) => (await git.askRefs(remote, { prefixes, signal })).refs,
    readCommit: async (remote, { commit, signal }, read) => {
      const place = join(dir, randomUUID());
      try {
        mkdirSync(place, { recursive: true, mode: 0o700 });
        const fetched = await git.fetcherIn(place).fetchCommit({ remote, commit, signal });
        using tree = openCommitTree({ commit: fetched, cache: createTreeCache(), limits: git.limits });
        return read(tree);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
  });
}
