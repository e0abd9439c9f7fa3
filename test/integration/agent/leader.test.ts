import { randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { freePort } from "../../kube/free-port.ts";
import { type DroverProcess, startProgram } from "../../support/drover-process.ts";
import { describeWithKube, type SharedCluster, sharedCluster } from "../../support/kube.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { configMap } from "./agent-rig.ts";
import { createDeletionJudge } from "./judge-deletions.ts";
import { type ScriptedHub, startScriptedHub } from "./scripted-hub.ts";

const leaseMs = 3000;
const leads = '"msg":"this agent leads"';

interface Pair extends AsyncDisposable {
  readonly cluster: SharedCluster;
  readonly hub: ScriptedHub;
  readonly namespace: string;
  readonly systemNamespace: string;
  /** Starts an agent that is one of several; it is ready when its log has the text. */
  start(name: string, ready: string, more?: Readonly<Record<string, string>>): Promise<DroverProcess>;
}

async function aPlaceForTwo(): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const cluster = await sharedCluster();
  const id = randomBytes(4).toString("hex");
  const judge = createDeletionJudge(cluster, id);
  stack.defer(async () => judge.judge());
  const [namespace, systemNamespace] = [`apps-${id}`, `drover-${id}`];
  for (const name of [namespace, systemNamespace]) {
    await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name } } });
    stack.defer(async () => void (await cluster.request(`/api/v1/namespaces/${name}`, { method: "DELETE" })));
  }
  const hub = stack.use(await startScriptedHub());
  const owned = stack.move();
  return {
    cluster,
    hub,
    namespace,
    systemNamespace,
    start: async (name, ready, others = {}) => {
      const dir = owned.use(await createTempDir("leader"));
      const flags = { hub: hub.url, token: "t", kubeconfig: cluster.kubeconfigPath, namespace: systemNamespace };
      const more = { "data-dir": dir.path, "leader-name": name, "lease-ms": String(leaseMs), "log-level": "debug" };
      const args = Object.entries({ ...flags, ...more, ...others }).flatMap(([flag, value]) => [`--${flag}`, value]);
      return owned.use(await startProgram("agent/main.ts", [...args, "--leader-elect"], { ready }));
    },
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

async function holderOf({ cluster, systemNamespace }: Pair): Promise<unknown> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${systemNamespace}/leases/drover-agent`;
  const { json } = await cluster.request(path);
  return json;
}

async function configMapOf({ cluster, namespace }: Pair, name: string): Promise<unknown> {
  const answer = await cluster.request(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  return answer.status === 200 ? answer.json : undefined;
}

function publish(pair: Pair, ...names: string[]): void {
  const options = { defaultNamespace: pair.namespace };
  pair.hub.publish({
    bundles: names.map((name) => ({ bundle: `team/${name}`, files: { "a.yaml": configMap(name) }, options })),
  });
}

const ready = async (pair: Pair, name: string): Promise<void> =>
  vi.waitFor(() => expect(pair.hub.statuses.get(`team/${name}`)?.state).toBe("Ready"), {
    timeout: 25_000,
    interval: 50,
  });

describeWithKube("two agents of one cluster", () => {
  test(
    "one works and the other takes over when it is killed: nothing is lost, nothing is applied twice",
    {
      timeout: 90_000,
    },
    async () => {
      await using pair = await aPlaceForTwo();
      const first = await pair.start("first", leads);
      publish(pair, "one");
      await ready(pair, "one");
      const second = await pair.start("second", "waits for the Lease");
      const before = await configMapOf(pair, "one");
      const asked = pair.hub.checkIns.length;
      expect(second.output()).not.toContain(leads);
      const killedAtMs = performance.now();
      await first.end("SIGKILL");
      publish(pair, "one", "two");
      await ready(pair, "two");
      expect(performance.now() - killedAtMs).toBeLessThan(5 * leaseMs);
      expect(second.output()).toContain(leads);
      expect(await configMapOf(pair, "one")).toEqual(before);
      expect(await configMapOf(pair, "two")).toBeDefined();
      expect(pair.hub.checkIns.slice(asked).some(({ full, holds }) => full && holds.includes("team/one"))).toBe(true);
      expect(await holderOf(pair)).toMatchObject({ spec: { holderIdentity: "second", leaseTransitions: 2 } });
    },
  );

  test(
    "an agent that is told to end gives the Lease back, and the other begins at once",
    {
      timeout: 60_000,
    },
    async () => {
      await using pair = await aPlaceForTwo();
      const first = await pair.start("first", "agent started");
      const second = await pair.start("second", "waits for the Lease");
      await first.end("SIGTERM");
      expect(await holderOf(pair)).toMatchObject({ spec: { holderIdentity: expect.stringMatching(/^$|^second$/u) } });
      await vi.waitFor(() => expect(second.output()).toContain(leads), { timeout: leaseMs, interval: 20 });
      publish(pair, "one");
      await ready(pair, "one");
    },
  );

  test(
    "an agent that was stopped for longer than its Lease sends nothing when it wakes, and waits for its turn",
    {
      timeout: 90_000,
    },
    async () => {
      await using pair = await aPlaceForTwo();
      const first = await pair.start("first", leads);
      publish(pair, "one");
      await ready(pair, "one");
      const second = await pair.start("second", "waits for the Lease");
      first.child.kill("SIGSTOP");
      await vi.waitFor(() => expect(second.output()).toContain(leads), { timeout: 20_000, interval: 50 });
      first.child.kill("SIGCONT");
      await vi.waitFor(() => expect(first.output()).toContain("another agent leads now"), { timeout: 20_000 });
      const before = await configMapOf(pair, "one");
      publish(pair, "one", "two");
      await ready(pair, "two");
      expect(await configMapOf(pair, "one")).toEqual(before);
      expect(await holderOf(pair)).toMatchObject({ spec: { holderIdentity: "second" } });
      await second.end("SIGTERM");
      const leading = (): number => first.output().split(leads).length - 1;
      await vi.waitFor(() => expect(leading()).toBe(2), { timeout: 20_000, interval: 50 });
      publish(pair, "one", "two", "three");
      await ready(pair, "three");
    },
  );

  test("agents whose own namespace is missing say so, and begin when it appears", { timeout: 60_000 }, async () => {
    await using pair = await aPlaceForTwo();
    const path = `/api/v1/namespaces/${pair.systemNamespace}`;
    await pair.cluster.request(path, { method: "DELETE" });
    await vi.waitFor(async () => expect((await pair.cluster.request(path)).status).toBe(404), { timeout: 20_000 });
    const port = await freePort();
    const first = await pair.start("first", "KUBE_NAMESPACE_MISSING", { "health-port": String(port) });
    expect(first.output()).toContain(`kubectl create namespace ${pair.systemNamespace}`);
    const health = async (): Promise<Response> => fetch(`http://127.0.0.1:${port}/healthz`);
    await vi.waitFor(async () => expect(await (await health()).text()).toContain("does not exist"), { timeout: 5000 });
    expect((await health()).status).toBe(503);
    await pair.cluster.request("/api/v1/namespaces", {
      method: "POST",
      body: { metadata: { name: pair.systemNamespace } },
    });
    publish(pair, "one");
    await ready(pair, "one");
    expect((await health()).status).toBe(200);
    // Two rounds and more went by meanwhile: it was said once.
    expect(first.output().split("KUBE_NAMESPACE_MISSING")).toHaveLength(2);
  });
});
