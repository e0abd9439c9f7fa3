import { expect, test, vi } from "vitest";
import * as z from "zod";
import { inventoryName } from "../../../agent/reconcile/marks.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { DeploymentStatus } from "../../../shared/protocol/deployment-status.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";
import { crashAt } from "./crash-at.ts";

const mergePatch = "application/merge-patch+json";
const bundle = "team/app";

function maps(count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_unused, index) => `m${index}`);
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
}

function publish(rig: AgentRig, files: Readonly<Record<string, string>>): void {
  rig.hub.publish({ bundles: [{ bundle, files, options: { defaultNamespace: rig.namespace } }] });
}

function isHeld({ state, held }: DeploymentStatus): boolean {
  return state === "OutOfSync" && held !== undefined;
}

function planOf({ held = [] }: DeploymentStatus): string {
  const plan = /\(plan ([0-9a-f]{12})\)$/u.exec(held[0] ?? "")?.[1];
  if (plan === undefined) throw new Error(`no plan in ${JSON.stringify(held)}`);
  return plan;
}

function secretPath(rig: AgentRig): string {
  return `/api/v1/namespaces/${rig.systemNamespace}/secrets/${inventoryName(bundle)}`;
}

async function approve(rig: AgentRig, plan: string): Promise<void> {
  const body = { metadata: { annotations: { "drover.dev/approve-removal": plan } } };
  const answer = await rig.cluster.request(secretPath(rig), { method: "PATCH", contentType: mergePatch, body });
  expect(answer.status).toBe(200);
}

async function namesIn(rig: AgentRig): Promise<string[]> {
  const list = await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps`);
  const { items } = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) }).parse(list);
  return items.map(({ metadata }) => metadata.name).filter((name) => name !== "kube-root-ca.crt");
}

describeWithKube("removals that wait for a person", () => {
  test("are all of a bundle's objects when it renders none any more, with an Event that says how to approve", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/m0", "configmaps/m1");
    await rig.start();
    publish(rig, maps(2));
    await rig.state(bundle, "Ready");
    publish(rig, {});
    const status = await rig.status(bundle, isHeld);
    expect(status.held).toEqual([
      expect.stringMatching(/m0: the bundle renders no objects any more, and it had some \(plan/u),
      expect.stringMatching(/m1: the bundle renders no objects/u),
    ]);
    expect(await namesIn(rig)).toEqual(["m0", "m1"]);
    const events = `/apis/events.k8s.io/v1/namespaces/${rig.systemNamespace}/events`;
    expect(await rig.get(events)).toMatchObject({
      items: [
        {
          reason: "RemovalHeld",
          type: "Warning",
          regarding: { kind: "Secret", name: inventoryName(bundle) },
          note: expect.stringContaining(`drover.dev/approve-removal=${planOf(status)}`),
        },
      ],
    });
    await approve(rig, planOf(status));
    await rig.state(bundle, "Ready");
    expect(await namesIn(rig)).toEqual([]);
  });

  test("go on after the approval when the first of them are gone and the agent was killed", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete(`namespaces/${rig.namespace}-a`, `namespaces/${rig.namespace}-b`);
    const [first, second] = [`${rig.namespace}-a`, `${rig.namespace}-b`];
    const files = Object.fromEntries(
      [first, second].map((name) => [
        `${name}.yaml`,
        JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
      ]),
    );
    await rig.start();
    publish(rig, { ...files, ...maps(1) });
    await rig.state(bundle, "Ready");
    // It lingers: the plan that is left would have another name.
    await rig.cluster.request(`/api/v1/namespaces/${first}/configmaps`, {
      method: "POST",
      body: { metadata: { name: "slow", finalizers: ["example.com/slow"] } },
    });
    publish(rig, maps(1));
    const status = await rig.status(bundle, isHeld);
    await rig.stop();
    await approve(rig, planOf(status));
    await crashAt(rig, "pruned", `/${first}$`);
    await rig.start();
    await vi.waitFor(async () => expect(await rig.get(`/api/v1/namespaces/${second}`)).toBeUndefined(), {
      timeout: 30_000,
    });
    const left = await rig.status(bundle, ({ notReady = [] }) => notReady.some(({ name }) => name === first));
    expect(left.held).toBeUndefined();
    await rig.cluster.request(`/api/v1/namespaces/${first}/configmaps/slow`, {
      method: "PATCH",
      contentType: mergePatch,
      body: { metadata: { finalizers: null } },
    });
    await rig.status(bundle, ({ state, notReady }) => state === "Ready" && notReady === undefined);
  }, 90_000);

  test("are not carried out by an approval that is more than an hour old, nor by one of another plan", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/m0", "configmaps/m1");
    await rig.start();
    publish(rig, maps(2));
    await rig.state(bundle, "Ready");
    publish(rig, {});
    const status = await rig.status(bundle, isHeld);
    await rig.stop();
    await approve(rig, planOf(status));
    await rig.start({ clock: { ...systemClock, now: () => Date.now() + 61 * 60 * 1000 } });
    const late = await rig.status(bundle, ({ held = [] }) => (held[0] ?? "").includes("more than an hour ago"));
    expect(planOf(late)).toBe(planOf(status));
    expect(await namesIn(rig)).toEqual(["m0", "m1"]);
    await rig.stop();
    await rig.start();
    await rig.status(bundle, isHeld);
    await approve(rig, "0123456789ab");
    await approve(rig, planOf(status));
    await rig.state(bundle, "Ready");
    expect(await namesIn(rig)).toEqual([]);
  });
});

describeWithKube("objects that belong to somebody all the time", () => {
  test("are swapped between two bundles without being made anew", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    const say = (a: string, b: string): void =>
      rig.hub.publish({
        bundles: [
          { bundle: "team/a", files: { "own.yaml": configMap("own-a"), "x.yaml": configMap(a) }, options },
          { bundle: "team/b", files: { "own.yaml": configMap("own-b"), "x.yaml": configMap(b) }, options },
        ],
      });
    await rig.start();
    say("x", "y");
    const before = await rig.state("team/a", "Ready");
    await rig.state("team/b", "Ready");
    const x = await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/x`);
    say("y", "x");
    const isNew = ({ state, appliedDeploymentId: id }: DeploymentStatus): boolean =>
      state === "Ready" && id !== before.appliedDeploymentId;
    await rig.status("team/a", isNew);
    await rig.state("team/b", "Ready");
    const { metadata } = z.object({ metadata: z.object({ uid: z.string() }) }).parse(x);
    const after = await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/x`);
    expect(after).toMatchObject({ metadata: { uid: metadata.uid } });
  });

  test("are handed over while their removal waits for a person", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    await rig.start();
    publish(rig, maps(2));
    await rig.state(bundle, "Ready");
    publish(rig, {});
    await rig.status(bundle, isHeld);
    const other = { bundle: "team/other", files: { "m1.yaml": configMap("m1", { key: "other" }) }, options };
    rig.hub.publish({ bundles: [{ bundle, files: {}, options }, other] });
    await rig.state("team/other", "Ready");
    const { held } = await rig.status(bundle, ({ held: lines = [] }) => lines.length === 1);
    expect(held).toEqual([expect.stringContaining("/m0: ")]);
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/m1`)).toMatchObject({
      data: { key: "other" },
    });
  });

  test("are removed later although the agent was killed while it put them back", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/m1");
    const options = { defaultNamespace: rig.namespace, correctDrift: { enabled: true } };
    const say = (files: Readonly<Record<string, string>>): void =>
      rig.hub.publish({ bundles: [{ bundle, files, options }] });
    await rig.start();
    say(maps(2));
    await rig.state(bundle, "Ready");
    await rig.stop();
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/m1`;
    await rig.cluster.request(path, { method: "DELETE" });
    await crashAt(rig, "applied", "/m1$");
    await rig.start();
    await rig.state(bundle, "Ready");
    say(maps(1));
    await vi.waitFor(async () => expect(await namesIn(rig)).toEqual(["m0"]), { timeout: 20_000 });
  });
});
