import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";

import { createGitHttp } from "../../../bundler/git/git-http.ts";
import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import { startGitServer } from "../../support/git-server.ts";

/** A forward proxy that notes what it was asked for. */
async function startProxy(): Promise<AsyncDisposable & { readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const proxy = createServer((incoming, response) => {
    seen.push(`${incoming.method ?? ""} ${incoming.url ?? ""}`);
    const outgoing = request(
      incoming.url ?? "",
      { method: incoming.method ?? "GET", headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(outgoing);
  });
  proxy.on("connect", (incoming, client, head) => {
    seen.push(`CONNECT ${incoming.url ?? ""}`);
    const [host = "", port = ""] = (incoming.url ?? "").split(":");
    const server = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      server.write(head);
      server.pipe(client);
      client.pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

describe("a proxy", () => {
  it.each([{ tls: false }, { tls: true }])("carries every request to a server with tls=$tls", async ({ tls }) => {
    await using proxy = await startProxy();
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
    await using proxy = await startProxy();
    await using server = await startGitServer();
    const url = await server.createRepository("app");
    await server.commit("app", { files: { a: "1" } });
    using http = createGitHttp({ proxy: { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1,localhost" } });
    await lsRefs({ http, remote: { url } });
    expect(proxy.seen).toEqual([]);
  });
});
