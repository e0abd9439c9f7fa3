import { describe, expect, it } from "vitest";
import { createDecoderThread } from "../../../bundler/build/decode-in-worker.ts";
import type { IndexWish } from "../../../helm/chart/source/decode-source.ts";
import { createChartSource } from "../../../helm/chart/source/fetch-chart.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

/** Seven megabytes of an index as Helm writes it. */
function largeIndex(): string {
  const text = "x".repeat(1500);
  const items = Array.from(
    { length: 4500 },
    (_, patch) =>
      `  - apiVersion: v2\n    description: ${text}\n    name: web\n    urls:\n    - web-1.0.${patch}.tgz\n    version: 1.0.${patch}\n`,
  );
  return `apiVersion: v1\nentries:\n  web:\n${items.join("")}generated: "2026-01-01T00:00:00Z"\n`;
}

function wishFor(index: string): IndexWish {
  return { index: Buffer.from(index), chart: "web", version: "", repository: "https://x.example/repo" };
}

describe("createDecoderThread", () => {
  it("reads a large index and unpacks a chart while this thread goes on", async () => {
    await using dir = await createTempDir("chart-thread");
    await using server = await startChartServer();
    await using decoder = createDecoderThread();
    const index = largeIndex();
    expect(index.length).toBeGreaterThan(7_000_000);
    server.override("/repo/index.yaml", (_request, response) => {
      response.end(index);
    });
    server.add("web", "1.0.4499");
    const source = createChartSource({ cacheDir: dir.path, decoder });
    expect(decoder.isRunning()).toBe(false);
    const chart = await source.fetchChart({ chart: "web", repo: `${server.url}/repo`, version: "~1.0" });
    expect(decoder.isRunning()).toBe(true);
    expect(chart).toMatchObject({ name: "web", version: "1.0.4499" });
    expect(chart.files.map(({ name }) => name)).toContain("templates/map.yaml");
  });

  it("answers many at once, each with its own", async () => {
    await using decoder = createDecoderThread();
    const versions = Array.from({ length: 20 }, (_, index) => `1.0.${index}`);
    const charts = await Promise.all(
      versions.map(async (version) =>
        decoder.unpack({ archive: chartArchive("web", version), subdir: "", url: "https://x.example/web.tgz" }),
      ),
    );
    expect(charts.map(({ version }) => version)).toEqual(versions);
  });

  it("gives faults of a chart and an index in the same words as without it", async () => {
    await using decoder = createDecoderThread();
    const source = { archive: Buffer.from("no archive"), subdir: "", url: "https://x.example/web.tgz" };
    await expect(decoder.unpack(source)).rejects.toMatchObject({
      fault: "refused",
      message: "https://x.example/web.tgz is no chart that can be used: gzip: invalid header",
    });
    await expect(decoder.choose(wishFor("a: [1"))).rejects.toMatchObject({
      fault: "refused",
      message: expect.stringContaining("https://x.example/repo: its index.yaml cannot be read"),
    });
    await expect(decoder.choose(wishFor("apiVersion: v1\nentries: {}\n"))).rejects.toMatchObject({
      fault: "not-found",
      missing: "chart",
    });
  });

  it("ends with what takes too much memory, and begins anew with the next chart", async () => {
    await using decoder = createDecoderThread({ maxHeapMb: 24 });
    const bomb = `apiVersion: v1\nentries:\n  web: [${"[1,2,3,4,5,6,7,8],".repeat(400_000)}1]\n`;
    await expect(decoder.choose(wishFor(bomb))).rejects.toMatchObject({ fault: "refused" });
    expect(decoder.isRunning()).toBe(false);
    const source = { archive: chartArchive("web", "1.0.0"), subdir: "", url: "https://x.example/web.tgz" };
    expect(await decoder.unpack(source)).toMatchObject({ version: "1.0.0" });
  });

  it("stops what takes too long", async () => {
    await using decoder = createDecoderThread({ timeoutMs: 1 });
    const listing = decoder.choose(wishFor(largeIndex()));
    await expect(listing).rejects.toThrow("was stopped");
    expect(decoder.isRunning()).toBe(false);
  });
});
