import { request } from "node:https";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../simulator/simulated-cluster.ts";

interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const configMaps = "/api/v1/namespaces/default/configmaps";
const list = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const event = z.object({ type: z.string(), object: z.looseObject({ code: z.number().optional() }) });

describe("a simulated cluster over HTTPS", () => {
  let cluster: SimulatedCluster;

  beforeEach(async () => {
    cluster = await createSimulatedCluster({ name: "sim", clock: systemClock, log: silentLogger, settleMs: 10 });
  });

  afterEach(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  async function ask(path: string, options: AskOptions = {}, body?: string): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${cluster.token}`, ...options.headers };
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, cluster.url), { ca: cluster.ca, ...options, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? 0, text, headers: incoming.headers });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  it("takes and gives YAML", async () => {
    const headers = { "content-type": "application/yaml", accept: "application/yaml" };
    const body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  yes: 'on'\n";
    const { status, text } = await ask(configMaps, { method: "POST", headers }, body);
    expect(status).toBe(201);
    expect(text).toMatch(/^apiVersion: v1\ndata:\n {2}"true": "on"\nkind: ConfigMap\n/);
  });

  it("keeps integers that JavaScript's numbers cannot hold", async () => {
    const headers = { "content-type": "application/json" };
    const body = `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"r"},"revision":9007199254740993}`;
    const { text } = await ask(
      "/apis/apps/v1/namespaces/default/controllerrevisions",
      { method: "POST", headers },
      body,
    );
    expect(text).toContain('"revision":9007199254740993');
  });

  it("warns of a key given twice, and refuses it when validation is strict", async () => {
    const headers = { "content-type": "application/json" };
    const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1","k":"2"}}`;
    const warned = await ask(configMaps, { method: "POST", headers }, body);
    const refused = await ask(
      `${configMaps}?fieldValidation=Strict`,
      { method: "POST", headers },
      body.replace('"a"', '"b"'),
    );
    expect(warned.headers["warning"]).toBe('299 - "duplicate field \\"data.k\\""');
    expect(refused.text).toContain('strict decoding error: duplicate field \\"data.k\\"');
  });

  it("refuses a body that is too long", async () => {
    const headers = { "content-type": "application/json" };
    const { status } = await ask(configMaps, { method: "POST", headers }, `"${"x".repeat(4 * 1024 * 1024)}"`);
    expect(status).toBe(413);
  });

  it("compresses long answers for who accepts it", async () => {
    const { headers } = await ask("/openapi/v3/apis/apps/v1", { headers: { "accept-encoding": "gzip" } });
    expect(headers["content-encoding"]).toBe("gzip");
  });

  it("ends a watch from a forgotten version with an error event", async () => {
    cluster.store.compact();
    const { status, text } = await ask(`${configMaps}?watch=1&resourceVersion=2&timeoutSeconds=5`);
    const { type, object } = event.parse(JSON.parse(text));
    expect([status, type, object.code]).toEqual([200, "ERROR", 410]);
  });

  it("answers 410 to a page whose version is forgotten, with a token to go on", async () => {
    for (const name of ["a", "b", "c"]) {
      await cluster.client.create("/configmaps", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace: "default" },
      });
    }
    const page = z.object({ metadata: z.object({ continue: z.string() }) });
    const first = page.parse(JSON.parse((await ask(`${configMaps}?limit=1`)).text)).metadata.continue;
    await cluster.client.remove({ resource: "/configmaps", namespace: "default", name: "c" });
    cluster.store.compact();
    const expired = await ask(`${configMaps}?limit=1&continue=${first}`);
    expect(expired.status).toBe(410);
    const next = page.parse(JSON.parse(expired.text)).metadata.continue;
    expect((await ask(`${configMaps}?limit=1&continue=${next}`)).text).toContain('"name":"b"');
  });

  it("goes away and comes back with all it knew", async () => {
    await cluster.client.create("/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", namespace: "default" },
    });
    await cluster.stop();
    await expect(ask(configMaps)).rejects.toThrow("ECONNREFUSED");
    await cluster.start();
    expect((await ask(`${configMaps}/a`)).status).toBe(200);
  });

  it("cuts open watches when it goes away", async () => {
    const { resourceVersion } = list.parse(JSON.parse((await ask(configMaps)).text)).metadata;
    const watching = ask(`${configMaps}?watch=1&resourceVersion=${resourceVersion}`);
    const stopping = async (): Promise<void> => {
      await expect.poll(async () => (await ask(configMaps)).status).toBe(200);
      await cluster.stop();
    };
    const [watch, stop] = await Promise.allSettled([watching, stopping()]);
    expect([watch.status, stop.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("knows nobody by a wrong token, and lets no stranger in", async () => {
    expect((await ask(configMaps, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    const anonymous = await ask(configMaps, { headers: { authorization: "" } });
    expect(anonymous.text).toContain('User \\"system:anonymous\\" cannot list resource \\"configmaps\\"');
    expect((await ask("/readyz", { headers: { authorization: "" } })).text).toBe("ok");
  });
});
