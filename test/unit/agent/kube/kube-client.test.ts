import { createServer } from "node:http";
import { expect, test } from "vitest";
import { createKubeClient, createKubeHttp } from "../../../../agent/kube/kube-client.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A server that answers from a script, and a client of it. */
async function aServer(answers: readonly Answer[]) {
  const left = [...answers];
  const asked: { readonly path: string; readonly atMs: number }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", atMs: performance.now() });
    const { status, headers = {}, body = {} } = left.shift() ?? { status: 500 };
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const connection = { baseUrl: `http://127.0.0.1:${port}`, tls: {}, authorization: () => undefined };
  const http = createKubeHttp(connection, 4);
  const abort = new AbortController();
  return {
    client: createKubeClient({ connection, http, signal: abort.signal }),
    asked,
    /** Milliseconds between requests. */
    gaps: () => asked.slice(1).map(({ atMs }, index) => atMs - (asked[index]?.atMs ?? 0)),
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      http[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const busy = "Too many requests, please try again later.";
const page = (name: string, next: string) => ({ items: [{ metadata: { name } }], metadata: { continue: next } });
const get = { method: "GET", path: "/version" };

test("repeats what the server puts off, not before the time that it says", async () => {
  await using server = await aServer([
    { status: 429, headers: { "retry-after": "1" }, body: busy },
    { status: 503, headers: { "retry-after": "1" } },
    { status: 200, body: { fine: true } },
  ]);
  expect(await server.client.raw(get)).toEqual({ fine: true });
  for (const gap of server.gaps()) expect(gap).toBeGreaterThanOrEqual(1000);
});

test("reads the time also from the answer's details", async () => {
  const body = { kind: "Status", code: 429, details: { retryAfterSeconds: 1 } };
  await using server = await aServer([{ status: 429, body }, { status: 200 }]);
  await server.client.raw(get);
  expect(server.gaps()[0]).toBeGreaterThanOrEqual(1000);
});

test("waits longer and longer where the server says no time, and gives up after a few", async () => {
  await using server = await aServer(Array.from({ length: 6 }, () => ({ status: 429, body: busy })));
  await expect(server.client.raw(get)).rejects.toMatchObject({ code: "KUBE_BUSY" });
  expect(server.asked).toHaveLength(6);
  const least = [50, 100, 200, 400, 800];
  for (const [index, gap] of server.gaps().entries()) expect(gap).toBeGreaterThanOrEqual((least[index] ?? 0) - 1);
});

test("gives way to other work where it is put off for long, and says until when", async () => {
  await using server = await aServer([{ status: 429, headers: { "retry-after": "60" }, body: busy }]);
  await expect(server.client.raw(get)).rejects.toMatchObject({ code: "KUBE_BUSY", afterMs: 60_000 });
  expect(server.asked).toHaveLength(1);
});

test("is not put off for ever", async () => {
  await using server = await aServer([{ status: 429, headers: { "retry-after": "99999999" }, body: busy }]);
  await expect(server.client.raw(get)).rejects.toMatchObject({ afterMs: 600_000 });
});

test("does not repeat what failed without a word of when", async () => {
  await using server = await aServer([{ status: 503 }, { status: 200 }]);
  await expect(server.client.raw(get)).rejects.toMatchObject({ code: "KUBE_UNAVAILABLE" });
  expect(server.asked).toHaveLength(1);
});

test("goes on with a list whose pages expired as the server offers", async () => {
  await using server = await aServer([
    { status: 200, body: { apiVersion: "v1", ...page("a", "first") } },
    { status: 410, body: { kind: "Status", code: 410, reason: "Expired", metadata: { continue: "rest" } } },
    { status: 200, body: { apiVersion: "v1", ...page("b", "") } },
  ]);
  const resource = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
  const names: (string | undefined)[] = [];
  for await (const { metadata } of server.client.list(resource)) names.push(metadata.name);
  expect(names).toEqual(["a", "b"]);
  expect(server.asked.map(({ path }) => new URL(path, "http://x").searchParams.get("continue"))).toEqual([
    null,
    "first",
    "rest",
  ]);
});
