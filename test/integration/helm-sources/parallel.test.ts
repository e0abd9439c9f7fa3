import { describe, expect, it } from "vitest";
import { createChartPins } from "../../../shared/bundle/charts/chart-pins.ts";
import { createChartFetcher } from "../../../shared/bundle/charts/fetch-charts.ts";
import { createChartSource } from "../../../helm/chart/source/fetch-chart.ts";
import type { SourceAccess } from "../../../helm/chart/source/source-access.ts";
import { systemClock } from "../../../shared/clock.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const names = Array.from({ length: 9 }, (_, index) => `web${index}`);

/** Holds the answers for charts back until so many are waited for; the first is not held, since a server is tried with one. */
function holdBack(server: ChartServer, count: number): { most: () => number } {
  const held: (() => void)[] = [];
  let seen = 0;
  let open = 0;
  let most = 0;
  for (const name of names) {
    const archive = server.add(name, "1.0.0");
    server.override(`/repo/${name}-1.0.0.tgz`, (_request, response) => {
      seen += 1;
      open += 1;
      most = Math.max(most, open);
      held.push(() => {
        open -= 1;
        response.end(archive);
      });
      if (seen === 1 || open === count) for (const go of held.splice(0)) go();
    });
  }
  return { most: () => most };
}

function createFetcher(cacheDir: string, access: (path: string) => SourceAccess = () => ({})) {
  return createChartFetcher({
    source: createChartSource({ cacheDir }),
    access: async () => Promise.resolve((_ref, path) => ({ access: access(path) })),
    pins: createChartPins({ pins: [], intervalMs: 0, nowMs: 0 }),
    clock: systemClock,
  });
}

describe("createChartFetcher", () => {
  it("fetches four charts at a time, and reads the index of their repository once", async () => {
    await using dir = await createTempDir("chart-parallel");
    await using server = await startChartServer();
    const { most } = holdBack(server, 4);
    const fetcher = createFetcher(dir.path);
    const refs = names.map((chart) => ({ chart, repo: `${server.url}/repo`, version: "1.0.0" }));
    const charts = await Promise.all(refs.map(async (ref) => fetcher.fetch(ref, "", undefined)));
    expect(charts.map(({ chart }) => chart.name)).toEqual(names);
    expect(most()).toBe(4);
    expect(server.requests.filter(({ path }) => path === "/repo/index.yaml")).toHaveLength(1);
  });

  it("fetches a chart once for directories with the same access, and apart for others", async () => {
    await using dir = await createTempDir("chart-parallel");
    const credential = { username: "someone", password: "s3cret" };
    await using server = await startChartServer({ auth: credential });
    server.add("web", "1.0.0", chartArchive("web", "1.0.0"));
    const fetcher = createFetcher(dir.path, (path) => (path === "private" ? { credential } : {}));
    const ref = { chart: "web", repo: `${server.url}/repo`, version: "1.0.0" };
    const [first, second] = await Promise.all(
      ["private", "private"].map(async (path) => fetcher.fetch(ref, path, undefined)),
    );
    expect(second).toBe(first);
    expect(server.requests).toHaveLength(2);
    await expect(fetcher.fetch(ref, "public", undefined)).rejects.toMatchObject({ code: "CHART_AUTH_FAILED" });
  });
});
