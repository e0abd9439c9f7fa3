import { Agent, createServer, request } from "node:http";
import { systemClock } from "../shared/clock.ts";
import { silentLogger } from "../shared/log.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../simulator/simulated-cluster.ts";
import type { BenchRow } from "./row.ts";

const clusterCount = 30;
const reads = 5000;
const writes = 2000;

/** Measures simulated clusters: memory of an idle one, requests and server-side applies per second of one process. */
export async function benchSimulator(): Promise<BenchRow[]> {
  const memory = await memoryPerCluster();
  await using cluster = await start("bench");
  const client = createClient(cluster);
  await using floor = await startBareServer();
  const bare = createClient(floor);
  const bareRate = await rate(reads, async () => bare("GET", "/"));
  const readRate = await rate(reads, async () => client("GET", "/api/v1/namespaces/default"));
  const applyRate = await rate(writes, async (index) => client("PATCH", applyPath(index), configMap(index)));
  const unchangedRate = await rate(writes, async (index) => client("PATCH", applyPath(index), configMap(index)));
  return [
    { what: "simulator: memory of an idle cluster", value: memory, unit: "MB" },
    {
      what: "simulator: reads, 8 in parallel, beside a bare node:http server",
      value: readRate,
      unit: "/s",
      floor: bareRate,
    },
    { what: "simulator: server-side applies that create", value: applyRate, unit: "/s" },
    { what: "simulator: server-side applies that change nothing", value: unchangedRate, unit: "/s" },
  ];
}

async function memoryPerCluster(): Promise<number> {
  await using warm = await start("warm");
  await warm.settled();
  const before = residentMegabytes();
  await using clusters = new AsyncDisposableStack();
  for (let index = 0; index < clusterCount; index++) {
    const cluster = clusters.use(await start(`memory-${index}`));
    await cluster.settled();
  }
  return (residentMegabytes() - before) / clusterCount;
}

async function start(name: string): Promise<SimulatedCluster> {
  return createSimulatedCluster({ name, clock: systemClock, log: silentLogger, tls: false });
}

/** What the process holds after garbage has been collected, when Node was started with --expose-gc. */
function residentMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
}

type Send = (method: string, path: string, body?: string) => Promise<void>;

interface Endpoint {
  readonly url: string;
  readonly token: string;
}

/** A server that answers everything with a small JSON object. */
async function startBareServer(): Promise<AsyncDisposable & Endpoint> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ kind: "Namespace" }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    token: "none",
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function createClient(cluster: Endpoint): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${cluster.token}`,
        ...(body === undefined ? {} : { "content-type": "application/apply-patch+yaml" }),
      };
      const outgoing = request(new URL(path, cluster.url), { agent, method, headers }, (incoming) => {
        incoming.resume();
        incoming.on("end", () => {
          const { statusCode = 0 } = incoming;
          if (statusCode < 300) resolve();
          else reject(new Error(`${method} ${path} was answered with ${statusCode}`));
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
}

async function rate(count: number, act: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await act(index);
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: 8 }, worker));
  return (count * 1000) / (performance.now() - startMs);
}

function applyPath(index: number): string {
  return `/api/v1/namespaces/default/configmaps/bench-${index}?fieldManager=bench&force=true`;
}

function configMap(index: number): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `bench-${index}`, labels: { app: "bench" } },
    data: { a: "1", b: "2", c: "3" },
  });
}
