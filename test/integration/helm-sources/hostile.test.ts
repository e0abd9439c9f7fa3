import { describe, expect, it } from "vitest";
import { createChartSource, type FetchedChart, type SourceLimits } from "../../../helm/chart/source/fetch-chart.ts";
import type { SourceAccess } from "../../../helm/chart/source/source-access.ts";
import { createAuthority } from "../../kube/pki.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { basicHeader, type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const credential = { username: "someone", password: "s3cret" };

interface Wish {
  readonly chart: string;
  readonly repo: string;
  readonly version?: string;
  readonly access?: SourceAccess;
  readonly limits?: Partial<SourceLimits>;
}

async function fetchOnce({ chart, repo, version = "", access = {}, limits = {} }: Wish): Promise<FetchedChart> {
  await using dir = await createTempDir("chart-source");
  return await createChartSource({ cacheDir: dir.path, limits }).fetchChart({ chart, repo, version }, { access });
}

async function fault(wish: Wish): Promise<unknown> {
  return fetchOnce(wish).catch((error: unknown) => error);
}

function serveIndex(server: ChartServer, urls: string, digest = ""): void {
  server.override("/repo/index.yaml", (_request, response) => {
    response.end(
      `apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, digest: "${digest}", urls: ["${urls}"]}\n`,
    );
  });
}

function redirect(server: ChartServer, path: string, location: string): void {
  server.override(path, (_request, response) => {
    response.writeHead(302, { location });
    response.end();
  });
}

describe("createChartSource against hostile servers", () => {
  it("refuses an archive that has another digest than the index says", async () => {
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    serveIndex(server, "web-1.0.0.tgz", "0".repeat(64));
    const error = await fault({ chart: "web", repo: `${server.url}/repo` });
    expect(error).toMatchObject({ fault: "refused", message: expect.stringContaining("as the index says") });
  });

  it("refuses a layer and a manifest that have another digest than promised", async () => {
    await using server = await startChartServer();
    const archive = server.add("web", "1.0.0");
    const wish = { chart: "", repo: `oci://${server.host}/charts/web`, access: { plainHttp: true } };
    const { digest } = await fetchOnce(wish);
    server.override(`/v2/charts/web/blobs/sha256:${digest}`, (_request, response) => {
      response.end(Buffer.from(archive.toReversed()));
    });
    expect(await fault(wish)).toMatchObject({
      fault: "refused",
      message: expect.stringContaining("the chart has the"),
    });
    const pinned = { ...wish, repo: `${wish.repo}@sha256:${"0".repeat(64)}` };
    server.override(`/v2/charts/web/manifests/sha256:${"0".repeat(64)}`, (_request, response) => {
      response.end("{}");
    });
    expect(await fault(pinned)).toMatchObject({ fault: "refused", message: expect.stringContaining("manifest") });
  });

  it("carries the credential to no other server, by redirect, by address in the index, or back again", async () => {
    await using other = await startChartServer();
    await using server = await startChartServer({ auth: credential });
    const archive = server.add("web", "1.0.0");
    redirect(server, "/repo/web-1.0.0.tgz", `${other.url}/elsewhere.tgz`);
    other.override("/elsewhere.tgz", (_request, response) => response.end(archive));
    const wish = { chart: "web", repo: `${server.url}/repo`, access: { credential } };
    expect(await fetchOnce(wish)).toMatchObject({ version: "1.0.0" });
    serveIndex(server, `${other.url}/elsewhere.tgz`);
    expect(await fetchOnce(wish)).toMatchObject({ version: "1.0.0" });
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    expect(server.requests[0]?.authorization).toBe(basicHeader(credential));
    redirect(other, "/elsewhere.tgz", `${server.url}/private.tgz`);
    await fault(wish);
    expect(server.requests.at(-1)).toEqual({ path: "/private.tgz", authorization: undefined });
  });

  it("carries the registry's token to no other server", async () => {
    await using other = await startChartServer();
    await using server = await startChartServer({ auth: credential });
    const archive = server.add("web", "1.0.0");
    const wish = { chart: "", repo: `oci://${server.host}/charts/web`, access: { credential, plainHttp: true } };
    const { digest } = await fetchOnce(wish);
    redirect(server, `/v2/charts/web/blobs/sha256:${digest}`, `${other.url}/blob`);
    other.override("/blob", (_request, response) => response.end(archive));
    expect(await fetchOnce(wish)).toMatchObject({ digest });
    expect(other.requests).toEqual([{ path: "/blob", authorization: undefined }]);
  });

  it("refuses answers larger than the limits, said or not", async () => {
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const repo = `${server.url}/repo`;
    const small = { fault: "refused", message: expect.stringContaining("larger than 100 bytes") };
    expect(await fault({ chart: "web", repo, limits: { maxArchiveBytes: 100 } })).toMatchObject(small);
    server.override("/repo/index.yaml", (_request, response) => {
      response.write("x".repeat(90));
      response.end("x".repeat(90));
    });
    expect(await fault({ chart: "web", repo, limits: { maxIndexBytes: 100 } })).toMatchObject(small);
    const oci = { chart: "", repo: `oci://${server.host}/charts/web`, access: { plainHttp: true } };
    expect(await fault({ ...oci, limits: { maxArchiveBytes: 100 } })).toMatchObject(small);
  });

  it("gives up on a server that does not answer", async () => {
    await using server = await startChartServer();
    server.override("/repo/index.yaml", () => undefined);
    const error = await fault({ chart: "web", repo: `${server.url}/repo`, limits: { timeoutMs: 200 } });
    expect(error).toMatchObject({ fault: "unreachable", message: expect.stringContaining("did not answer in time") });
  });

  it("gives up on a server that falls silent in the middle, long before the time for a chart is over", async () => {
    await using server = await startChartServer();
    server.override("/repo/index.yaml", (_request, response) => {
      response.write("apiVersion: v1\n");
    });
    const silent = { chart: "web", repo: `${server.url}/repo`, limits: { idleMs: 100 } };
    expect(await fault(silent)).toMatchObject({ fault: "unreachable" });
    server.override("/repo/index.yaml", () => undefined);
    expect(await fault(silent)).toMatchObject({
      fault: "unreachable",
      message: expect.stringContaining("nothing came"),
    });
  });

  it.each([
    { name: "a file of the machine", urls: "file:///etc/passwd", fault: "address" },
    { name: "a path out of the repository", urls: "../../../../etc/passwd", fault: "not-found" },
  ])("reads nothing but the server's files where an index names $name", async ({ urls, fault: expected }) => {
    await using server = await startChartServer();
    serveIndex(server, urls);
    expect(await fault({ chart: "web", repo: `${server.url}/repo` })).toMatchObject({ fault: expected });
  });

  it.each([
    { name: "leaves its directory", files: { "../../evil": "x" }, says: "illegally" },
    { name: "has no Chart.yaml that counts", files: { "Chart.yaml": "name: web\n" }, says: "version is required" },
  ])("refuses an archive that $name", async ({ files, says }) => {
    await using server = await startChartServer();
    server.override("/web.tgz", (_request, response) => response.end(chartArchive("web", "1.0.0", files)));
    const error = await fault({ chart: `${server.url}/web.tgz`, repo: "" });
    expect(error).toMatchObject({ fault: "refused", message: expect.stringContaining(says) });
  });

  it("shows no password in messages", async () => {
    await using server = await startChartServer({ auth: credential });
    const repo = `${server.url.replace("//", "//someone:wrong%2@")}/repo?key=s3cret`;
    const error = await fault({ chart: "web", repo });
    expect(error).toMatchObject({ fault: "unauthorized", message: expect.not.stringMatching(/wrong|s3cret/) });
  });

  it("trusts a server by its CA bundle, or when told not to look", async () => {
    const authority = await createAuthority("authority of charts");
    const tls = await authority.issue({ name: "charts", usage: "1.3.6.1.5.5.7.3.1", ips: ["127.0.0.1"] });
    await using server = await startChartServer({ tls });
    server.add("web", "1.0.0");
    const wish = { chart: "web", repo: `${server.url}/repo` };
    expect(await fault(wish)).toMatchObject({ fault: "unreachable" });
    expect(await fetchOnce({ ...wish, access: { caBundle: authority.cert } })).toMatchObject({ name: "web" });
    const oci = { chart: "", repo: `oci://${server.host}/charts/web` };
    expect(await fetchOnce({ ...oci, access: { insecureSkipTLS: true } })).toMatchObject({ name: "web" });
  });
});
