import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createChartSource } from "../../../helm/chart/source/fetch-chart.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const credential = { username: "someone", password: "s3cret" };

describe("createChartSource with a cache", () => {
  it("asks for an exact version once, and for a range each time without loading the same archive again", async () => {
    await using dir = await createTempDir("chart-cache");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const source = createChartSource({ cacheDir: dir.path });
    const wish = { chart: "web", repo: `${server.url}/repo` };
    await source.fetchChart({ ...wish, version: "1.0.0" });
    await source.fetchChart({ ...wish, version: "1.0.0" });
    expect(server.requests.map(({ path }) => path)).toEqual(["/repo/index.yaml", "/repo/web-1.0.0.tgz"]);
    await source.fetchChart({ ...wish, version: "^1" });
    server.requests.length = 0;
    expect(await source.fetchChart({ ...wish, version: "^1" })).toMatchObject({ version: "1.0.0" });
    expect(server.requests.map(({ path }) => path)).toEqual(["/repo/index.yaml"]);
    server.add("web", "1.1.0");
    expect(await source.fetchChart({ ...wish, version: "^1" })).toMatchObject({
      version: "1.1.0",
      outdated: undefined,
    });
    expect(await readdir(join(dir.path, "archives"))).toHaveLength(2);
  });

  it("goes on with the last copy while the server is away, and says so", async () => {
    await using dir = await createTempDir("chart-cache");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const wish = { chart: "", repo: `oci://${server.host}/charts/web`, version: "" };
    const access = { plainHttp: true };
    const before = await createChartSource({ cacheDir: dir.path }).fetchChart(wish, { access });
    await server.goDown();
    const after = await createChartSource({ cacheDir: dir.path }).fetchChart(wish, { access });
    expect(after).toMatchObject({ digest: before.digest, outdated: { fault: "unreachable" } });
    const offline = createChartSource({ cacheDir: dir.path, offline: true });
    expect(await offline.fetchChart(wish, { access })).toMatchObject({ digest: before.digest });
    await expect(offline.fetchChart({ ...wish, version: "^7" }, { access })).rejects.toMatchObject({
      fault: "unreachable",
      message: expect.stringContaining("is not in the cache"),
    });
  });

  it("gives nothing to who has another credential, and nothing that was damaged", async () => {
    await using dir = await createTempDir("chart-cache");
    await using server = await startChartServer({ auth: credential });
    server.add("web", "1.0.0");
    const source = createChartSource({ cacheDir: dir.path });
    const wish = { chart: "web", repo: `${server.url}/repo`, version: "1.0.0" };
    const { digest } = await source.fetchChart(wish, { access: { credential } });
    await expect(source.fetchChart(wish)).rejects.toMatchObject({ fault: "unauthorized" });
    await writeFile(join(dir.path, "archives", `${digest}.tgz`), "damaged");
    server.requests.length = 0;
    expect(await source.fetchChart(wish, { access: { credential } })).toMatchObject({ digest });
    expect(server.requests).toHaveLength(2);
  });

  it("keeps no more than it may", async () => {
    await using dir = await createTempDir("chart-cache");
    await using server = await startChartServer();
    const bytes = ["1.0.0", "1.1.0", "1.2.0"].map((version) => server.add("web", version).length);
    const source = createChartSource({ cacheDir: dir.path, limits: { maxCacheBytes: Math.max(...bytes) * 2 } });
    for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
      await source.fetchChart({ chart: "web", repo: `${server.url}/repo`, version });
    }
    expect(await readdir(join(dir.path, "archives"))).toHaveLength(2);
    expect(await readdir(join(dir.path, "resolved"))).toHaveLength(2);
  });

  it("asks an archive's address again whatever the version says, unless it has a checksum", async () => {
    await using dir = await createTempDir("chart-cache");
    await using server = await startChartServer();
    const archives = ["1.0.0", "2.0.0"].map((version) => chartArchive("web", version));
    let served = 0;
    server.override("/web.tgz", (_request, response) => {
      response.end(archives[served]);
    });
    const source = createChartSource({ cacheDir: dir.path });
    const wish = { chart: `${server.url}/web.tgz`, repo: "", version: "1.0.0" };
    const digest = createHash("sha256")
      .update(archives[0] ?? "")
      .digest("hex");
    const fixed = { ...wish, chart: `${wish.chart}?checksum=sha256:${digest}` };
    expect(await source.fetchChart(wish)).toMatchObject({ version: "1.0.0" });
    expect(await source.fetchChart(fixed)).toMatchObject({ version: "1.0.0" });
    served = 1;
    expect(await source.fetchChart(wish)).toMatchObject({ version: "2.0.0" });
    expect(await source.fetchChart(fixed)).toMatchObject({ version: "1.0.0" });
  });
});
