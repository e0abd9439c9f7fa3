import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import * as z from "zod";
import { createHubLink } from "../../../../agent/link/check-in.ts";
import { createDocumentIntake } from "../../../../agent/link/document-intake.ts";
import { createHubClient } from "../../../../agent/link/hub-client.ts";
import type { HttpConnection } from "../../../../agent/http-connection.ts";
import { createDesiredState } from "../../../../agent/reconcile/desired-state.ts";
import { noSteps } from "../../../../agent/reconcile/step-observer.ts";
import { type Logger, silentLogger } from "../../../../shared/log.ts";
import { createTempDir } from "../../../support/temp-dir.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;
const weeks = 2;
const newest = 500;

const gc = z.function({ input: [], output: z.void() }).implement(() => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
});

/** What a network says of a hub that is away: nothing listens, a gateway has no upstream, a login page is in between. */
function refusal(atMs: number): { readonly status: number; readonly body: Buffer } {
  const hour = Math.floor(atMs / (60 * minuteMs)) % 3;
  if (hour === 0) throw Object.assign(new Error("connect ECONNREFUSED 192.0.2.1:7443"), { code: "ECONNREFUSED" });
  if (hour === 1) return { status: 503, body: Buffer.from("no upstream") };
  return { status: 200, body: Buffer.from("<!doctype html><title>Log in</title>") };
}

test("two weeks without its hub cost an agent a line a minute and no memory, and then the newest document counts alone", async () => {
  await using dir = await createTempDir("alone");
  let nowMs = 0;
  let asked = 0;
  const lines = { warn: 0, info: [] as string[] };
  const heap: number[] = [];
  const ending = new AbortController();
  const http: Pick<HttpConnection, "request"> = {
    request: async ({ body }) => {
      asked++;
      if (nowMs < weeks * 7 * dayMs) return { headers: { "content-type": "text/html" }, ...refusal(nowMs) };
      const { tag } = z.looseObject({ tag: z.string().optional() }).parse(JSON.parse(String(body)));
      const facts = { name: "c", namespace: "w", labels: {}, annotations: {}, templateValues: {} };
      const document = { epoch: "e", revision: newest, tag: "newest", facts, deployments: [], remove: [] };
      if (tag === document.tag) ending.abort();
      const headers = { "content-type": "application/json", "drover-protocol": "1" };
      return { status: 200, headers, body: Buffer.from(JSON.stringify(document)) };
    },
  };
  const log: Logger = {
    ...silentLogger,
    warn: () => void lines.warn++,
    info: (_fields, message) => void lines.info.push(message),
  };
  const desired = createDesiredState();
  let changes = 0;
  const intake = createDocumentIntake({
    path: join(dir.path, "document.json"),
    desired,
    log,
    identity: () => ({ hub: "h", clusterName: "c", namespace: "w", credential: "x", epoch: "e" }),
    revision: () => 1,
    onStep: noSteps,
    onNewBlobs: () => undefined,
    onChange: () => void changes++,
  });
  const { signal } = ending;
  const link = createHubLink({
    hub: createHubClient({
      http: { ...http, stream: () => Promise.reject(new Error("no stream")), [Symbol.dispose]: () => undefined },
      credential: () => "x",
      signal,
    }),
    signal,
    log,
    version: "1",
    kubeVersion: () => "v1.36.3",
    tag: () => desired.document()?.tag,
    follows: () => intake.follows(),
    holds: () => ["w/app"],
    accept: (document) => intake.accept(document),
    answering: () => [],
    onQuestions: () => undefined,
    onAnswer: () => undefined,
    onUnauthorized: async () => undefined,
    waitMs: 45_000,
    time: {
      elapsed: () => nowMs,
      sleep: async (ms) => {
        const day = Math.floor(nowMs / dayMs);
        nowMs += ms;
        if (Math.floor(nowMs / dayMs) === day) return;
        gc();
        heap.push(process.memoryUsage().heapUsed);
      },
    },
  });
  await link.run();
  const minutes = weeks * 7 * 24 * 60;
  expect(lines.warn).toBeLessThanOrEqual(minutes);
  expect(lines.warn).toBeGreaterThan(minutes / 2);
  // It never gives up, and asks every 15 to 30 seconds once the hub has been away for long.
  expect(asked).toBeGreaterThan(minutes * 2);
  expect(asked).toBeLessThan(minutes * 4 + 1000);
  const [first = 0] = heap;
  expect((heap.at(-1) ?? 0) - first).toBeLessThan(1_000_000);
  expect({ changes, revision: desired.document()?.revision }).toEqual({ changes: 1, revision: newest });
  expect(lines.info).toEqual(["new document", "hub answers again"]);
}, 60_000);
