import { describe, expect, it } from "vitest";
import { createChartSource } from "../../../helm/chart/source/fetch-chart.ts";
import { createAuthority } from "../../kube/pki.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { startForwardProxy } from "../../support/forward-proxy.ts";
import { createTempDir } from "../../support/temp-dir.ts";

describe("charts behind a proxy", () => {
  it("come through it from a chart repository and a registry", async () => {
    await using dir = await createTempDir("chart-proxy");
    await using proxy = await startForwardProxy();
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const source = createChartSource({ cacheDir: dir.path, proxy: { HTTP_PROXY: proxy.url } });
    await source.fetchChart({ chart: "web", repo: `${server.url}/repo`, version: "^1" });
    expect(proxy.seen).toEqual([`GET ${server.url}/repo/index.yaml`, `GET ${server.url}/repo/web-1.0.0.tgz`]);
    const access = { plainHttp: true };
    await source.fetchChart({ chart: "", repo: `oci://${server.host}/charts/web`, version: "1.0.0" }, { access });
    expect(proxy.seen).toHaveLength(server.requests.length);
  });

  it("come through a tunnel from a server with TLS, which the proxy does not end", async () => {
    await using dir = await createTempDir("chart-proxy");
    await using proxy = await startForwardProxy();
    const authority = await createAuthority("authority of charts");
    const tls = await authority.issue({ name: "charts", usage: "1.3.6.1.5.5.7.3.1", ips: ["127.0.0.1"] });
    await using server = await startChartServer({ tls });
    server.add("web", "1.0.0");
    const source = createChartSource({ cacheDir: dir.path, proxy: { HTTPS_PROXY: proxy.url } });
    const access = { caBundle: authority.cert };
    await source.fetchChart({ chart: "web", repo: `${server.url}/repo`, version: "" }, { access });
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${server.host}`]));
  });

  it("come directly from hosts of NO_PROXY", async () => {
    await using dir = await createTempDir("chart-proxy");
    await using proxy = await startForwardProxy();
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const own = { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" };
    const source = createChartSource({ cacheDir: dir.path, proxy: own });
    await source.fetchChart({ chart: "web", repo: `${server.url}/repo`, version: "" });
    expect(proxy.seen).toEqual([]);
  });
});
