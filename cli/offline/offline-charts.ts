import { constants, existsSync } from "node:fs";
import { access as checkAccess, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { FetchGitChart } from "../../helm/chart/source/download-chart.ts";
import type { ChartSource } from "../../helm/chart/source/fetch-chart.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import { createChartPins } from "../../shared/bundle/charts/chart-pins.ts";
import { type ChartFetcher, createChartFetcher } from "../../shared/bundle/charts/fetch-charts.ts";
import { systemClock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import { chartCacheDir, proxyOf } from "../chart-source.ts";
import { type CommandContext, type CommandInput, type CommandOption, switchOption, textOption } from "../command.ts";
import { chartAccessOptions, readChartAccess } from "./chart-access.ts";
import { readInputText } from "./read-input-file.ts";

/** Options of commands that fetch the charts which a repository names. */
export const chartOptions = {
  offline: { type: "boolean", description: "Take charts from the cache only; ask no server." },
  "chart-cache": {
    type: "string",
    value: "DIR",
    description: "Folder that keeps fetched charts. Default: $XDG_CACHE_HOME/drover/charts.",
  },
  ...chartAccessOptions,
} as const satisfies Record<string, CommandOption>;

/** Fetches the charts that a call needs. */
export interface OfflineCharts {
  /** Fetches each chart once, however often the call builds. */
  readonly fetcher: ChartFetcher;
  /** Charts come from the cache because that was asked for. */
  readonly cacheOnly: boolean;
}

/** Returns what fetches charts, as flags and the GitRepo manifest say; throws what `readChartAccess` throws. */
export function createOfflineCharts(
  input: CommandInput,
  context: Pick<CommandContext, "cwd" | "env" | "nowMs">,
  gitRepo: GitRepo | undefined,
): OfflineCharts {
  const { cwd, env, nowMs } = context;
  const cacheOnly = switchOption(input, "offline");
  const dir = textOption(input, "chart-cache");
  const cacheDir = dir === undefined ? chartCacheDir(env) : resolve(cwd, dir);
  const access = readChartAccess(input, context, gitRepo);
  let source: Promise<ChartSource> | undefined;
  const open = async (): Promise<ChartSource> => {
    if (!cacheOnly) await checkFolder(cacheDir);
    const { createChartSource } = await import("../../helm/chart/source/fetch-chart.ts");
    const proxy = proxyOf(env);
    const fetchGit: FetchGitChart = async (request) => {
      const { createGitCharts } = await import("./git-charts.ts");
      return createGitCharts({ path: env["PATH"] ?? "", proxy, knownHosts: () => knownHosts(env) })(request);
    };
    return createChartSource({ cacheDir, offline: cacheOnly, proxy, fetchGit });
  };
  const fetcher = createChartFetcher({
    source: {
      // Loaded here, so that repositories without such charts are read without it.
      fetchChart: async (wish, options) => {
        source ??= open();
        return (await source).fetchChart(wish, options);
      },
    },
    access: async () => Promise.resolve(access),
    pins: createChartPins({ pins: [], intervalMs: 0, nowMs: nowMs() }),
    clock: { ...systemClock, now: nowMs },
  });
  return { fetcher, cacheOnly };
}

/** As `fleet apply`, whose job has them in this variable; a person has them where ssh keeps them. */
function knownHosts(env: CommandContext["env"]): string {
  const given = env["FLEET_KNOWN_HOSTS"] ?? "";
  if (given !== "") return given;
  const files = [join(env["HOME"] ?? homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];
  return files.flatMap((file) => (existsSync(file) ? [readInputText(file, "known hosts")] : [])).join("\n");
}

async function checkFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await checkAccess(dir, constants.W_OK);
  } catch (cause) {
    const message = `charts cannot be kept in ${dir}: name a folder that can be written with --chart-cache`;
    throw new AppError("INPUT_FILE_INVALID", message, { verdict: "stalled", position: { file: dir }, cause });
  }
}
