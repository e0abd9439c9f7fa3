import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import type { HubFault } from "./scripted-hub.ts";

/** An agent that has applied two bundles of one object each. */
async function aSettledRig(): Promise<AgentRig> {
  const rig = await createAgentRig(await sharedCluster());
  await rig.start();
  rig.hub.publish({ bundles: bundles(rig) });
  await rig.state("team/one", "Ready");
  await rig.state("team/two", "Ready");
  return rig;
}

function bundles({ namespace }: AgentRig) {
  const options = { defaultNamespace: namespace };
  return ["one", "two"].map((name) => ({ bundle: `team/${name}`, files: { "a.yaml": configMap(name) }, options }));
}

async function expectBothThere(rig: AgentRig): Promise<void> {
  for (const name of ["one", "two"]) {
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/${name}`)).toBeDefined();
  }
}

/** Waits until the agent has asked again and told the hub what it makes of its answers. */
async function waitForComplaint(rig: AgentRig, pattern: RegExp): Promise<void> {
  const from = rig.hub.checkIns.length;
  await vi.waitFor(
    () => {
      const complaints = rig.hub.checkIns.slice(from).map(({ agent }) => agent?.lastError ?? "");
      expect(complaints.some((text) => pattern.test(text))).toBe(true);
    },
    { timeout: 20_000, interval: 50 },
  );
}

describeWithKube("an agent whose hub misbehaves", () => {
  const faults: readonly { readonly fault: HubFault; readonly code: RegExp }[] = [
    { fault: "500", code: /HUB_UNREACHABLE/u },
    { fault: "html", code: /HUB_ANSWER_INVALID/u },
    { fault: "empty", code: /HUB_ANSWER_INVALID/u },
    { fault: "no-document", code: /HUB_ANSWER_INVALID/u },
    { fault: "cut", code: /HUB_UNREACHABLE/u },
  ];

  test("deletes nothing for errors, pages of others, empty and cut answers", async () => {
    await using rig = await aSettledRig();
    for (const { fault, code } of faults) {
      rig.hub.fault = fault;
      rig.hub.publish({ bundles: [] });
      await waitForComplaint(rig, code);
      await expectBothThere(rig);
      rig.hub.fault = undefined;
      rig.hub.publish({ bundles: bundles(rig) });
      const from = rig.hub.checkIns.length;
      await vi.waitFor(
        () => expect(rig.hub.checkIns.slice(from).some(({ agent }) => agent?.lastError === undefined)).toBe(true),
        {
          timeout: 20_000,
        },
      );
    }
  });

  test("refuses an older revision, another epoch and a document that contradicts itself", async () => {
    await using rig = await aSettledRig();
    const bent = [
      { bend: { revision: 0, deployments: [] }, complaint: /older than/u },
      { bend: { epoch: "epoch-2", revision: 99, deployments: [] }, complaint: /--accept-epoch epoch-2/u },
    ];
    for (const { bend, complaint } of bent) {
      rig.hub.publishDocument((document) => ({ ...document, ...bend, tag: JSON.stringify(bend) }));
      await waitForComplaint(rig, complaint);
      await expectBothThere(rig);
      expect(rig.hub.statuses.get("team/one")?.state).toBe("Ready");
    }
    rig.hub.publishDocument((document) => ({
      ...document,
      revision: 99,
      tag: "contradiction",
      remove: [{ bundle: "team/one", reason: "bundle-deleted", because: "c0ffee" }],
    }));
    await waitForComplaint(rig, /both wants and removes/u);
    await expectBothThere(rig);
  });

  test("follows another epoch once a person accepts it", async () => {
    await using rig = await aSettledRig();
    rig.hub.publishDocument((document) => ({ ...document, epoch: "epoch-2", revision: 1, tag: "other" }));
    await waitForComplaint(rig, /--accept-epoch epoch-2/u);
    await rig.stop();
    await rig.start({ config: { acceptEpoch: "epoch-2" } });
    await vi.waitFor(() => expect(rig.hub.checkIns.at(-1)?.tag).toBe("other"), { timeout: 20_000 });
    await expectBothThere(rig);
  });

  test("keeps what a document merely leaves out, as Orphaned, and removes what it says", async () => {
    await using rig = await aSettledRig();
    rig.mayDelete("configmaps/two");
    const [one] = bundles(rig);
    if (one === undefined) throw new Error("there is a first bundle");
    rig.hub.publish({ bundles: [one] });
    await rig.state("team/two", "Orphaned");
    await expectBothThere(rig);
    rig.hub.publish({ bundles: [one], remove: [{ bundle: "team/two", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/two"), { timeout: 20_000 });
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/two`)).toBeUndefined();
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/one`)).toBeDefined();
    expect(rig.hub.checkIns.at(-1)?.holds).toEqual(["team/one"]);
  });

  test("applies nothing of a blob that is cut off or missing, and does once it is whole", async () => {
    await using rig = await aSettledRig();
    const [one, two] = bundles(rig);
    if (one === undefined || two === undefined) throw new Error("there are two bundles");
    for (const [index, fault] of (["bad-blob", "no-blob"] as const).entries()) {
      rig.hub.fault = fault;
      const changed = { ...one, files: { "a.yaml": configMap("one", { key: fault }) } };
      rig.hub.publish({ bundles: [changed, two] });
      await rig.state("team/one", "ErrApplied");
      const path = `/api/v1/namespaces/${rig.namespace}/configmaps/one`;
      expect(await rig.get(path)).toMatchObject({ data: { key: index === 0 ? "value" : "bad-blob" } });
      rig.hub.fault = undefined;
      await rig.state("team/one", "Ready");
      expect(await rig.get(path)).toMatchObject({ data: { key: fault } });
    }
  });

  test("goes on from its cache when the hub is away at the start", async () => {
    await using rig = await aSettledRig();
    const options = { defaultNamespace: rig.namespace, correctDrift: { enabled: true } };
    const before = rig.hub.statuses.get("team/one")?.appliedDeploymentId;
    rig.hub.publish({ bundles: [{ bundle: "team/one", files: { "a.yaml": configMap("one") }, options }] });
    await rig.state("team/two", "Orphaned");
    await rig.status(
      "team/one",
      ({ state, appliedDeploymentId }) => state === "Ready" && appliedDeploymentId !== before,
    );
    await rig.stop();
    const cluster = await sharedCluster();
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/one`;
    await cluster.request(path, { method: "DELETE" });
    await rig.hub[Symbol.asyncDispose]();
    await rig.start();
    await vi.waitFor(async () => expect(await rig.get(path)).toBeDefined(), { timeout: 20_000 });
    await expectBothThere(rig);
  });

  test("goes on when the hub does not know its credential any more", async () => {
    await using rig = await aSettledRig();
    rig.hub.fault = "unauthorized";
    rig.hub.publish({ bundles: [] });
    await rig.stop();
    await rig.start();
    await expectBothThere(rig);
    rig.hub.fault = undefined;
    rig.hub.publish({ bundles: bundles(rig).slice(0, 1) });
    expect(await rig.state("team/two", "Orphaned")).toMatchObject({ objectCount: 1 });
  });
});
