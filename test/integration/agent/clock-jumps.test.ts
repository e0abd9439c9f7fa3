import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { createMovableClock, type MovableClock } from "../../support/movable-clock.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";
import { hookChart, hookJob } from "./hook-chart.ts";

const dayMs = 86_400_000;

const jumps = [
  { name: "a day forward", byMs: dayMs },
  { name: "a year forward", byMs: 365 * dayMs },
  { name: "a day back", byMs: -dayMs },
  { name: "a year back", byMs: -365 * dayMs },
];

const mapPath = (rig: AgentRig, name: string): string => `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;

async function edit(rig: AgentRig, name: string, value: string): Promise<void> {
  const { status } = await rig.cluster.request(mapPath(rig, name), {
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body: { data: { key: value } },
  });
  expect(status).toBe(200);
}

async function holds(rig: AgentRig, name: string, value: string): Promise<void> {
  await vi.waitFor(async () => expect(await rig.get(mapPath(rig, name))).toMatchObject({ data: { key: value } }), {
    timeout: 20_000,
    interval: 20,
  });
}

async function startJumping(rig: AgentRig): Promise<MovableClock> {
  const clock = createMovableClock();
  await rig.start({ clock });
  return clock;
}

describeWithKube("when the clock of an agent's machine is set", () => {
  test.each(jumps)("$name, it goes on correcting and taking what is new", { timeout: 60_000 }, async ({ byMs }) => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace, correctDrift: { enabled: true } };
    const clock = await startJumping(rig);
    rig.hub.publish({ bundles: [{ bundle: "team/one", files: { "a.yaml": configMap("one") }, options }] });
    await rig.state("team/one", "Ready");
    await edit(rig, "one", "edited before");
    await holds(rig, "one", "value");
    clock.set(byMs);
    await edit(rig, "one", "edited after");
    await holds(rig, "one", "value");
    // The same again within a second: its managed fields are as before.
    await edit(rig, "one", "edited once more");
    await holds(rig, "one", "value");
    const files = { "a.yaml": configMap("one", { key: "new" }) };
    rig.hub.publish({ bundles: [{ bundle: "team/one", files, options }] });
    await holds(rig, "one", "new");
    expect((await rig.state("team/one", "Ready")).drift).toBeUndefined();
  });

  test.each(jumps)("$name, a hook under way has its time", { timeout: 60_000 }, async ({ byMs }) => {
    await using rig = await createAgentRig(await sharedCluster());
    const clock = await startJumping(rig);
    const slow = hookJob("slow", { events: "post-install", outcome: "run" });
    const options = { defaultNamespace: rig.namespace, helm: { timeoutSeconds: 4 } };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: hookChart("1.0.0", { slow }), options }] });
    const startMs = performance.now();
    await rig.status("team/app", ({ notReady = [] }) => notReady.some(({ message }) => /runs since/u.test(message)));
    clock.set(byMs);
    // Too late neither at once nor never: after its own time.
    const failed = await rig.status("team/app", ({ error }) => error?.code === "HOOK_FAILED");
    expect(failed.error?.message).toContain("did not end within 4 s");
    expect(performance.now() - startMs).toBeGreaterThan(4000);
  });

  test.each(jumps)("$name, objects that are waited for have their time", { timeout: 60_000 }, async ({ byMs }) => {
    await using rig = await createAgentRig(await sharedCluster());
    const clock = await startJumping(rig);
    const labels = { app: "web", "rig.drover.dev/outcome": "crash-loop" };
    const web = JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: "web", image: "registry.example/web:1" }] },
        },
      },
    });
    const options = { defaultNamespace: rig.namespace, helm: { timeoutSeconds: 4 } };
    rig.hub.publish({ bundles: [{ bundle: "team/web", files: { "web.yaml": web }, options }] });
    const startMs = performance.now();
    await rig.status("team/web", ({ notReady = [] }) => notReady.length > 0);
    clock.set(byMs);
    const late = await rig.status("team/web", ({ error }) => error?.code === "WAIT_TIMEOUT");
    expect(late.error?.message).toContain("not ready within 4 s");
    expect(performance.now() - startMs).toBeGreaterThan(4000);
  });
});
