import { describe, expect, it } from "vitest";

import { createGitHttp } from "../../../bundler/git/git-http.ts";
import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import { startForwardProxy } from "../../support/forward-proxy.ts";
import { startGitServer } from "../../support/git-server.ts";

describe("a proxy", () => {
  it.each([{ tls: false }, { tls: true }])("carries every request to a server with tls=$tls", async ({ tls }) => {
    await using proxy = await startForwardProxy();
    await using server = await startGitServer({ tls });
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    using http = createGitHttp({ proxy: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } });
    const remote = server.caCert === undefined ? { url } : { url, caBundle: server.caCert };
    const { refs } = await lsRefs({ http, remote });
    expect(refs.get("refs/heads/main")).toBe(commit);
    const { host } = new URL(url);
    expect(proxy.seen[0]).toBe(tls ? `CONNECT ${host}` : `GET ${url}/info/refs?service=git-upload-pack`);
  });

  it("is left aside for hosts of NO_PROXY", async () => {
    await using proxy = await startForwardProxy();
    await using server = await startGitServer();
    const url = await server.createRepository("app");
    await server.commit("app", { files: { a: "1" } });
    using http = createGitHttp({ proxy: { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1,localhost" } });
    await lsRefs({ http, remote: { url } });
    expect(proxy.seen).toEqual([]);
  });
});
