import { createHash } from "node:crypto";
import { gunzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createChartSource, type FetchedChart } from "../../../helm/chart/source/fetch-chart.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const packed = chartArchive("web", "1.0.0", { "sub/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 2.0.0\n" });

function serve(server: ChartServer, path: string, body: Buffer): void {
  server.override(path, (_request, response) => {
    response.end(body);
  });
}

async function fetchFrom(chart: string): Promise<FetchedChart> {
  await using dir = await createTempDir("chart-archives");
  return await createChartSource({ cacheDir: dir.path }).fetchChart({ chart, repo: "", version: "" });
}

describe("a chart that is named by an archive's address", () => {
  it.each([
    ["packed by gzip, whatever its name", packed],
    ["packed by zstd", zstdCompressSync(gunzipSync(packed))],
    ["not packed", gunzipSync(packed)],
  ])("is taken %s", async (_, body) => {
    await using server = await startChartServer();
    serve(server, "/download", body);
    expect(await fetchFrom(`${server.url}/download`)).toMatchObject({ name: "web", directory: "web" });
  });

  it("is taken from a directory of it, named by //", async () => {
    await using server = await startChartServer();
    serve(server, "/a.tgz", packed);
    expect(await fetchFrom(`${server.url}/a.tgz//web/sub`)).toMatchObject({
      name: "inner",
      directory: "",
      files: [{ name: "Chart.yaml" }],
    });
    await expect(fetchFrom(`${server.url}/a.tgz//web/none`)).rejects.toThrow("holds nothing below web/none");
  });

  it("is compared with the checksum of its address", async () => {
    await using server = await startChartServer();
    serve(server, "/a.tgz", packed);
    const digest = createHash("sha512").update(packed).digest("hex");
    expect(await fetchFrom(`${server.url}/a.tgz?checksum=sha512:${digest}&archive=tgz`)).toMatchObject({ name: "web" });
    const wrong = `${server.url}/a.tgz?checksum=md5:${"0".repeat(32)}`;
    await expect(fetchFrom(wrong)).rejects.toMatchObject({ fault: "refused" });
    await expect(fetchFrom(`${server.url}/a.tgz?checksum=file:x`)).rejects.toMatchObject({ fault: "address" });
  });

  it.each([
    ["zip", [0x50, 0x4b, 0x03, 0x04]],
    ["bzip2", [0x42, 0x5a, 0x68, 0x39]],
    ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ])("is refused as %s with the next step", async (name, magic) => {
    await using server = await startChartServer();
    serve(server, "/a", Buffer.from([...magic, 1, 2, 3]));
    await expect(fetchFrom(`${server.url}/a`)).rejects.toThrow(`${name} archives are not read; offer it as .tar.gz`);
  });

  it("is refused when zstd unpacks to more than a chart may hold", async () => {
    await using server = await startChartServer();
    serve(server, "/a", zstdCompressSync(Buffer.alloc(120 * 1024 * 1024)));
    await expect(fetchFrom(`${server.url}/a`)).rejects.toMatchObject({ fault: "refused" });
  });
});
