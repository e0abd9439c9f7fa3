import { createServer, type ServerResponse } from "node:http";
import { expect, test, vi } from "vitest";
import { createHttpConnection } from "../../../../agent/http-connection.ts";
import { createKubeClient } from "../../../../agent/kube/kube-client.ts";
import { watchObjects, type WatchEvent } from "../../../../agent/kube/watch-objects.ts";
import { silentLogger } from "../../../../shared/log.ts";

/** An API server that answers lists and watches from a script; what no real one can be made to do in time. */
async function aServer(script: { lists: unknown[]; watches: ((response: ServerResponse) => void)[] }) {
  const asked: string[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    asked.push(
      url.searchParams.get("watch") === null ? "list" : `watch from ${url.searchParams.get("resourceVersion")}`,
    );
    if (url.searchParams.get("watch") === null) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(script.lists.shift()));
      return;
    }
    const next = script.watches.shift();
    open.add(response);
    if (next === undefined) response.writeHead(200).flushHeaders();
    else next(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const abort = new AbortController();
  const connection = { baseUrl: `http://127.0.0.1:${port}`, tls: {}, authorization: () => undefined };
  const http = createHttpConnection({ baseUrl: connection.baseUrl, maxSockets: 4 });
  const events: WatchEvent[] = [];
  const listed: string[][] = [];
  const done = watchObjects({
    resource: { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true },
    labelSelector: "part-of",
    client: createKubeClient({ connection, http, signal: abort.signal }),
    connection,
    http,
    log: silentLogger,
    signal: abort.signal,
    onEvent: (event) => events.push(event),
    onListed: (names) => listed.push([...names]),
  });
  return {
    asked,
    events,
    listed,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await done;
      http[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const item = (name: string, resourceVersion: string) => ({ metadata: { name, namespace: "apps", resourceVersion } });
const list = (resourceVersion: string, items: unknown[] = [], next = "") => ({
  metadata: { resourceVersion, continue: next },
  items,
});

function lines(...events: readonly (readonly [string, unknown])[]) {
  return (response: ServerResponse): void => {
    response.writeHead(200);
    for (const [type, object] of events) response.write(`${JSON.stringify({ type, object })}\n`);
    response.end();
  };
}

test("lists page by page, then watches, and goes on from the last bookmark when a watch ends", async () => {
  await using server = await aServer({
    lists: [list("5", [item("a", "1")], "more"), list("5", [item("b", "2")])],
    watches: [lines(["ADDED", item("c", "6")], ["DELETED", item("a", "7")], ["BOOKMARK", item("", "9")])],
  });
  await vi.waitFor(() => expect(server.asked).toEqual(["list", "list", "watch from 5", "watch from 9"]));
  expect(server.listed).toEqual([["apps/a", "apps/b"]]);
  expect(server.events.map(({ type, metadata }) => `${type} ${metadata.name}`)).toEqual([
    "seen a",
    "seen b",
    "seen c",
    "gone a",
  ]);
});

test("lists again only when the server has forgotten where the watch was", async () => {
  await using server = await aServer({
    lists: [list("5"), list("20", [item("new", "15")])],
    watches: [lines(["ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old" }])],
  });
  await vi.waitFor(() => expect(server.asked).toEqual(["list", "watch from 5", "list", "watch from 20"]));
  expect(server.listed).toEqual([[], ["apps/new"]]);
});

test("comes back after a connection that broke in the middle of an event", async () => {
  await using server = await aServer({
    lists: [list("5")],
    watches: [
      (response) => {
        response.writeHead(200);
        response.write(`${JSON.stringify({ type: "ADDED", object: item("a", "6") })}\n{"type":"ADDED","obj`, () =>
          response.destroy(),
        );
      },
    ],
  });
  await vi.waitFor(() => expect(server.asked.at(-1)).toBe("watch from 6"), { timeout: 5000 });
  expect(server.asked.filter((asked) => asked === "list")).toHaveLength(1);
  expect(server.events).toHaveLength(1);
});

test("takes a kind that is gone for an empty list", async () => {
  await using server = await aServer({
    lists: [list("5", [item("a", "1")]), list("6")],
    watches: [
      (response) => void response.writeHead(404).end(JSON.stringify({ kind: "Status", code: 404, reason: "NotFound" })),
    ],
  });
  await vi.waitFor(() => expect(server.listed).toEqual([["apps/a"], [], []]), { timeout: 5000 });
});
