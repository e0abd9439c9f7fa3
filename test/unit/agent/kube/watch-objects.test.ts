import { createServer, type ServerResponse } from "node:http";
import { expect, test, vi } from "vitest";
import { createHttpConnection } from "../../../../agent/http-connection.ts";
import { createKubeClient } from "../../../../agent/kube/kube-client.ts";
import { watchObjects, type WatchEvent } from "../../../../agent/kube/watch-objects.ts";
import { silentLogger } from "../../../../shared/log.ts";

interface Script {
  readonly lists: unknown[];
  readonly watches: ((response: ServerResponse) => void)[];
  /** The server has streaming lists: they are watches of the script as well. */
  readonly streams?: boolean;
  readonly streamedListMs?: number;
}

/** An API server that answers lists and watches from a script; what no real one can be made to do in time. */
async function aServer(script: Script) {
  const asked: string[] = [];
  const askedAtMs: number[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    const isStream = query.get("sendInitialEvents") === "true";
    if (isStream && script.streams !== true) {
      response.writeHead(422).end(JSON.stringify({ kind: "Status", code: 422, reason: "Invalid" }));
      return;
    }
    askedAtMs.push(performance.now());
    asked.push(
      query.get("watch") === null ? "list" : `watch from ${isStream ? "a list" : query.get("resourceVersion")}`,
    );
    if (query.get("watch") === null) {
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
    ...(script.streamedListMs === undefined ? {} : { streamedListMs: script.streamedListMs }),
  });
  return {
    asked,
    askedAtMs,
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

const endOfList = { metadata: { resourceVersion: "5", annotations: { "k8s.io/initial-events-end": "true" } } };

test("takes the list from the first events of a watch where the server has that", async () => {
  await using server = await aServer({
    streams: true,
    lists: [],
    watches: [
      lines(
        ["ADDED", item("a", "1")],
        ["ADDED", item("b", "2")],
        ["BOOKMARK", endOfList],
        ["ADDED", item("c", "6")],
        ["BOOKMARK", item("", "9")],
      ),
    ],
  });
  await vi.waitFor(() => expect(server.asked).toEqual(["watch from a list", "watch from 9"]));
  expect(server.listed).toEqual([["apps/a", "apps/b"]]);
  expect(server.events.map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c"]);
});

test("takes a list that broke off for no list", async () => {
  await using server = await aServer({
    streams: true,
    lists: [],
    watches: [lines(["ADDED", item("a", "1")]), lines(["ADDED", item("a", "1")], ["BOOKMARK", endOfList])],
  });
  await vi.waitFor(() => expect(server.asked).toEqual(["watch from a list", "watch from a list", "watch from 5"]));
  expect(server.listed).toEqual([["apps/a"]]);
});

test("lists in pages when a server never says that its list has ended", async () => {
  await using server = await aServer({
    streams: true,
    streamedListMs: 50,
    lists: [list("7", [item("a", "1")])],
    watches: [
      (response) =>
        void response.writeHead(200).write(`${JSON.stringify({ type: "ADDED", object: item("a", "1") })}\n`),
    ],
  });
  await vi.waitFor(() => expect(server.asked).toEqual(["watch from a list", "list", "watch from 7"]));
  expect(server.listed).toEqual([["apps/a"]]);
});

/** The shortest time that the waits after the second and third failure take together. */
const twoWaitsMs = 300;

test("asks less and less often when watches end as soon as they begin", async () => {
  await using server = await aServer({ lists: [list("5")], watches: [1, 2, 3].map(() => lines()) });
  await vi.waitFor(() => expect(server.asked).toHaveLength(5), { timeout: 5000 });
  expect((server.askedAtMs[4] ?? 0) - (server.askedAtMs[1] ?? 0)).toBeGreaterThanOrEqual(twoWaitsMs);
  expect(server.asked.filter((asked) => asked === "list")).toHaveLength(1);
});

test("asks less and less often when the server forgets at once what it has listed", async () => {
  const forgotten = lines(["ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old" }]);
  await using server = await aServer({
    lists: ["5", "6", "7", "8"].map((version) => list(version)),
    watches: [forgotten, forgotten, forgotten],
  });
  await vi.waitFor(() => expect(server.asked.at(-1)).toBe("watch from 8"), { timeout: 5000 });
  expect((server.askedAtMs.at(-1) ?? 0) - (server.askedAtMs[0] ?? 0)).toBeGreaterThanOrEqual(twoWaitsMs);
});

test("comes back to a watch that was put off when the server said, not before", async () => {
  await using server = await aServer({
    lists: [list("5")],
    watches: [
      (response) =>
        void response.writeHead(429, { "retry-after": "1" }).end("Too many requests, please try again later."),
    ],
  });
  await vi.waitFor(() => expect(server.asked).toEqual(["list", "watch from 5", "watch from 5"]), { timeout: 5000 });
  expect((server.askedAtMs[2] ?? 0) - (server.askedAtMs[1] ?? 0)).toBeGreaterThanOrEqual(990);
});
