import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import {
  certificatePin,
  createCertificateAuthority,
  issueServerCertificate,
} from "../../../shared/runtime/certificates.ts";
import { freePort } from "../../kube/free-port.ts";
import { type BundlerProcess, startBundler } from "../../support/drover-process.ts";
import { startForwardProxy } from "../../support/forward-proxy.ts";
import { describeWithKube, type SharedCluster, sharedCluster } from "../../support/kube.ts";
import { ownEnv } from "../../support/own-env.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { startScriptedHub } from "./scripted-hub.ts";

const cli = join(import.meta.dirname, "../../../cli/main.ts");
const results = z.array(
  z.object({ hop: z.string(), result: z.string(), message: z.string(), mend: z.string().optional() }),
);

interface Settings {
  readonly flags: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `drover agent doctor` as a person would. */
async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [cli, "agent", "doctor", ...words], {
    env: ownEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}

function wordsOf(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}

describeWithKube("drover agent doctor", () => {
  let bundler: BundlerProcess;
  let cluster: SharedCluster;
  let good: Record<string, string>;

  beforeAll(async () => {
    bundler = await startBundler({ port: await freePort() });
    cluster = await sharedCluster();
    good = {
      hub: bundler.url,
      "ca-pin": bundler.caPin(),
      token: bundler.registrationToken,
      kubeconfig: cluster.kubeconfigPath,
      namespace: "doctor-looks-here",
    };
  }, 60_000);
  afterAll(async () => bundler[Symbol.asyncDispose]());

  async function firstFault({ flags, env = {} }: Settings) {
    const { code, stdout, stderr } = await run([...wordsOf({ ...good, ...flags }), "-o", "json"], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const found = results.parse(JSON.parse(stdout));
    const at = found.findIndex(({ result }) => result !== "ok");
    expect(found.slice(at + 1).every(({ result }) => result === "not tried")).toBe(true);
    return found[at];
  }

  test("finds every hop in order, and changes nothing at hub and cluster", { timeout: 30_000 }, async () => {
    const { code, stdout } = await run(wordsOf(good));
    expect(stdout).not.toMatch(/failed|not tried/u);
    const hops = [...stdout.matchAll(/^ok +(API server|\S+)/gmu)].map(([, hop]) => hop);
    const toHub = ["DNS", "TCP", "TLS", "CA", "hub", "clock", "credential"];
    expect(hops).toEqual(["API server", "rights", "namespace", ...toHub, "answers"]);
    expect(code).toBe(0);
    expect((await cluster.request("/api/v1/namespaces/doctor-looks-here")).status).toBe(404);
    expect(bundler.output()).not.toContain("cluster registered");
  });

  test("names what is wrong on the way to the hub, and the mend", { timeout: 90_000 }, async () => {
    const other = await freePort();
    const cases = [
      { flags: { hub: "https://no-such-host.invalid:7443" }, hop: "DNS", mend: /not known/u },
      { flags: { hub: `https://127.0.0.1:${other}` }, hop: "TCP", mend: new RegExp(`listens on port ${other}`, "u") },
      { flags: { "ca-pin": "0".repeat(64) }, hop: "CA", mend: /caPin/u },
      { flags: { token: "wrong" }, hop: "credential", mend: /register-token create/u },
    ];
    for (const { flags, hop, mend } of cases) {
      expect(await firstFault({ flags })).toMatchObject({ hop, result: "failed", mend: expect.stringMatching(mend) });
    }
  });

  test(
    "tells a hub without TLS, a certificate for other names, and a server that is no hub",
    { timeout: 60_000 },
    async () => {
      await using plain = await startScriptedHub();
      const asTls = plain.url.replace("http:", "https:");
      expect(await firstFault({ flags: { hub: asTls } })).toMatchObject({
        hop: "TLS",
        mend: expect.stringContaining("speak TLS"),
      });

      const nowMs = Date.now();
      const authority = await createCertificateAuthority("test-ca", { nowMs, validMs: 3_600_000 });
      const request = { names: ["elsewhere.example"], nowMs, validMs: 3_600_000 };
      await using elsewhere = await startScriptedHub(await issueServerCertificate(authority, request));
      const flags = { hub: elsewhere.url, "ca-pin": await certificatePin(authority.cert) };
      expect(await firstFault({ flags })).toMatchObject({ hop: "CA", mend: expect.stringContaining("--names") });

      expect(await firstFault({ flags: { hub: plain.url } })).toMatchObject({
        hop: "hub",
        message: expect.stringContaining("no hub of Drover"),
      });
    },
  );

  test("tells clocks that are apart", { timeout: 30_000 }, async () => {
    const server = createServer((_request, response) => {
      response.setHeader("date", new Date(Date.now() - 600_000).toUTCString());
      response.writeHead(401, { "drover-protocol": "1" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const fault = await firstFault({ flags: { hub: `http://127.0.0.1:${port}` } });
    expect(fault).toMatchObject({ hop: "clock", message: expect.stringMatching(/(?:599|600|601) s ahead of/u) });
    await new Promise((resolve) => server.close(resolve));
  });

  test("goes through a proxy, also for the pinned CA, and tells one that refuses", { timeout: 30_000 }, async () => {
    await using proxy = await startForwardProxy();
    const { code, stdout } = await run(wordsOf(good), { HTTPS_PROXY: proxy.url });
    expect(stdout).toMatch(/^ok +proxy/mu);
    expect(code).toBe(0);
    const refusing = createServer();
    refusing.on("connect", (_request, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
    const address = refusing.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    expect(await firstFault({ flags: {}, env })).toMatchObject({
      hop: "proxy",
      message: expect.stringContaining("407"),
    });
    await new Promise((resolve) => refusing.close(resolve));
  });

  /** Returns a kubeconfig of a service account in a namespace of its own, with these rights; both go with the stack. */
  async function anAccount(stack: AsyncDisposableStack, resources: readonly string[]) {
    const folder = stack.use(await createTempDir("doctor"));
    const namespaces = "/api/v1/namespaces";
    const roles = "/apis/rbac.authorization.k8s.io/v1/cluster";
    const name = `doctor-${randomBytes(4).toString("hex")}`;
    const create = async (path: string, body: object): Promise<unknown> => {
      const answer = await cluster.request(path, { method: "POST", body });
      expect(answer.status).toBe(201);
      stack.defer(async () => void (await cluster.request(`${path}/${name}`, { method: "DELETE" })));
      return answer.json;
    };
    const metadata = { name };
    await create(namespaces, { metadata });
    const accounts = `${namespaces}/${name}/serviceaccounts`;
    await create(accounts, { metadata });
    await create(`${roles}roles`, { metadata, rules: [{ apiGroups: ["*"], verbs: ["*"], resources }] });
    await create(`${roles}rolebindings`, {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: name }],
    });
    const answer = await cluster.request(`${accounts}/${name}/token`, { method: "POST", body: { spec: {} } });
    const { token } = z.object({ status: z.object({ token: z.string() }) }).parse(answer.json).status;
    const kubeconfig = join(folder.path, "kubeconfig");
    const ca = Buffer.from(cluster.caCert).toString("base64");
    await writeFile(
      kubeconfig,
      JSON.stringify({
        "current-context": "c",
        clusters: [{ name: "c", cluster: { server: cluster.url, "certificate-authority-data": ca } }],
        users: [{ name: "c", user: { token } }],
        contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
      }),
    );
    return { kubeconfig, namespace: name };
  }

  test("names the rights that are missing, and settings that lead nowhere", { timeout: 30_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const weak = await anAccount(stack, ["configmaps"]);
    const fault = await firstFault({ flags: weak });
    expect(fault).toMatchObject({ hop: "rights", mend: expect.stringContaining("drover agent install") });
    expect(fault?.message).toContain(`impersonate serviceaccounts in ${weak.namespace}`);
    expect(await firstFault({ flags: { kubeconfig: "/nowhere" } })).toMatchObject({ hop: "settings" });
  });

  test("names the rights without which nobody is told why something is not ready", { timeout: 30_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const needed = ["namespaces", "secrets", "serviceaccounts", "configmaps", "leases", "pods", "events"];
    const silent = await anAccount(stack, needed);
    expect(await firstFault({ flags: silent })).toMatchObject({
      hop: "answers",
      message: "the agent may not: get pods/log; it cannot say what pods logged",
      mend: expect.stringContaining("--show-logs=false"),
    });
    const { code, stdout } = await run(wordsOf({ ...good, ...silent, "show-logs": "false" }));
    expect(stdout).toMatch(/^ok +answers +the agent finds out why .* is told Events$/mu);
    expect(code).toBe(0);
    const blind = await anAccount(stack, needed.slice(0, -1));
    expect((await firstFault({ flags: { ...blind, "show-logs": "false" } }))?.message).toContain(
      "the agent may not: create events.events.k8s.io",
    );
  });

  test("tells that the namespace is missing in which several agents agree who works", { timeout: 30_000 }, async () => {
    const fault = await firstFault({ flags: { "leader-elect": "true" } });
    expect(fault).toMatchObject({
      hop: "namespace",
      mend: expect.stringContaining("kubectl create namespace doctor-"),
    });
  });

  test("refuses what it does not know with exit code 2", async () => {
    expect(await run(["--what"])).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown flag --what") });
    expect(await run(["-o", "xml"])).toMatchObject({ code: 2, stderr: expect.stringContaining("use json") });
  });
});
