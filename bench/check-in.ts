import { connect } from "node:tls";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import * as z from "zod";
import { issueServerCertificate } from "../shared/runtime/certificates.ts";
import { checkInRoute, registerRoute } from "../shared/protocol/routes.ts";
import { freePort } from "../test/kube/free-port.ts";
import { startBundler, type BundlerProcess } from "../test/support/drover-process.ts";
import { until } from "../test/support/e2e-chain.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { kubectl } from "../test/support/kubectl.ts";
import { sendLoad } from "./check-in-load.ts";
import { processUsage } from "./process-usage.ts";
import type { BenchRow } from "./row.ts";

/** The hub holds four check-ins of one credential. */
const agents = 500;
const requests = 6000;
const parallel = 50;
const idle = 2000;
const bundles = 10;

const pairSchema = z.object({ cert: z.string(), key: z.string() });

interface KnownAgent {
  readonly token: string;
  /** Tag of its document. */
  readonly tag: string;
}

/** Measures what a check-in with a durable status costs the hub beside a bare POST, and what an idle agent keeps in memory. */
export async function benchCheckIn(): Promise<BenchRow[]> {
  await using bundler = await startBundler({ port: await freePort() });
  const { cert: ca } = pairSchema.parse(JSON.parse(await readFile(join(bundler.dataDir, "tls", "ca.json"), "utf8")));
  await makeBundles(bundler);
  const known = await register(bundler, ca);
  const checkIn = `${bundler.url}${checkInRoute.path}`;
  const status = (index: number): object => ({
    bundle: `fleet-default/bench-${index % bundles}`,
    state: index % 2 === 0 ? "Ready" : "NotReady",
    appliedDeploymentId: "1",
  });
  const of =
    (statuses: (index: number) => readonly object[]) =>
    (index: number): { token: string; body: string } => {
      const { token, tag } = known[index % agents] ?? { token: "", tag: "" };
      return { token, body: JSON.stringify({ tag, waitMs: 0, holds: [], full: false, statuses: statuses(index) }) };
    };
  const measure = async (url: string, pid: number, make: ReturnType<typeof of>): Promise<number> => {
    await sendLoad({ url, ca, parallel, count: 1000, of: make });
    const before = processUsage(pid).cpuMs;
    await sendLoad({ url, ca, parallel, count: requests, of: make });
    return ((processUsage(pid).cpuMs - before) * 1000) / requests;
  };
  const floor = await measureFloor(join(bundler.dataDir, "tls", "ca.json"), async (url, pid) =>
    measure(
      url,
      pid,
      of((index) => [status(index)]),
    ),
  );
  const durable = await measure(
    checkIn,
    bundler.pid(),
    of((index) => [status(index)]),
  );
  const nothing = await measure(
    checkIn,
    bundler.pid(),
    of(() => []),
  );
  const perAgentKb = await idleMemory(bundler, ca, known);
  return [
    {
      what: `check-in with a durable status, ${bundles} bundles, TLS: CPU`,
      value: durable,
      unit: "µs",
      floor,
      target: "≤ 1.5 × a bare POST over TLS",
    },
    { what: "check-in without news, TLS: CPU", value: nothing, unit: "µs", floor },
    { what: `idle agent, ${idle} connected over TLS: memory`, value: perAgentKb, unit: "KB", target: "≤ 76 KB" },
  ];
}

async function makeBundles(bundler: BundlerProcess): Promise<void> {
  const stdin = Array.from({ length: bundles }, (_, index) =>
    JSON.stringify({
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "Bundle",
      metadata: { name: `bench-${index}`, namespace: "fleet-default" },
      spec: { resources: [{ name: "cm.yaml", content: "{}" }], targets: [{ clusterSelector: {} }] },
    }),
  ).join("\n---\n");
  const { exitCode, stderr } = await kubectl(["apply", "-f", "-"], { kubeconfigPath: bundler.kubeconfigPath, stdin });
  if (exitCode !== 0) throw new Error(stderr);
}

async function register(bundler: BundlerProcess, ca: string): Promise<KnownAgent[]> {
  const known: KnownAgent[] = [];
  for (let index = 0; index < agents; index++) {
    const wish = { clusterUid: `uid-${index}`, name: `bench-${index}` };
    const { credential } = registerRoute.response.parse(
      await post(`${bundler.url}${registerRoute.path}`, { ca, token: bundler.registrationToken, body: wish }),
    );
    const first = { waitMs: 0, holds: [], full: true, statuses: [] };
    const { tag } = checkInRoute.response.parse(
      await post(`${bundler.url}${checkInRoute.path}`, { ca, token: credential, body: first }),
    );
    known.push({ token: credential, tag });
  }
  return known;
}

async function post(
  url: string,
  { ca, token, body }: { readonly ca: string; readonly token: string; readonly body: object },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const outgoing = request(url, { method: "POST", ca, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(JSON.parse(text)));
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}

async function measureFloor(
  authority: string,
  measure: (url: string, pid: number) => Promise<number>,
): Promise<number> {
  await using folder = await createTempDir("floor");
  const issuer = pairSchema.parse(JSON.parse(await readFile(authority, "utf8")));
  const names = ["127.0.0.1"];
  const pair = await issueServerCertificate(issuer, { names, nowMs: Date.now(), validMs: 86_400_000 });
  const files = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")] as const;
  await writeFile(files[0], pair.cert);
  await writeFile(files[1], pair.key);
  const child = spawn(process.execPath, [join(import.meta.dirname, "check-in-load.ts"), ...files], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await until("the floor listens", async () => /listens (\S+)\n/u.test(text));
    return await measure(/listens (\S+)\n/u.exec(text)?.[1] ?? "", child.pid ?? 0);
  } finally {
    child.kill();
  }
}

/** Holds check-ins open, a few per credential as the hub allows, and returns what each adds to the hub's memory. */
async function idleMemory(bundler: BundlerProcess, ca: string, known: readonly KnownAgent[]): Promise<number> {
  const { hostname, port } = new URL(bundler.url);
  const before = processUsage(bundler.pid()).rssMb;
  const open = async (index: number): Promise<ReturnType<typeof connect>> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), ca, servername: "localhost" }, () => {
        const { token, tag } = known[index % known.length] ?? { token: "", tag: "" };
        const body = JSON.stringify({ tag, waitMs: 45_000, holds: [], full: false, statuses: [] });
        const head = `POST ${checkInRoute.path} HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n`;
        socket.write(head + body, () => resolve(socket));
      });
      socket.on("error", reject);
      socket.resume();
    });
  const sockets: ReturnType<typeof connect>[] = [];
  for (let start = 0; start < idle; start += 50)
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, async (_, index) => open(start + index)))));
  await new Promise((resolve) => {
    setTimeout(resolve, 2000);
  });
  const used = processUsage(bundler.pid()).rssMb - before;
  for (const socket of sockets) socket.destroy();
  return (used * 1024) / idle;
}
