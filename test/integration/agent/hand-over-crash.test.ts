import { expect, test, vi } from "vitest";
import * as z from "zod";
import type { Step } from "../../../agent/reconcile/step-observer.ts";
import { describeWithKube } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { crashAt } from "./crash-at.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";

interface Death {
  readonly step: Step;
  readonly of: string;
}

/** In the order in which a hand-over from one bundle to another comes to them. */
const deaths: readonly Death[] = [
  { step: "claim", of: "team/heir" },
  { step: "claimed", of: "team/heir" },
  { step: "hand-over", of: "team/giver" },
  { step: "handed-over", of: "team/giver" },
  { step: "apply", of: "/x" },
  { step: "applied", of: "/x" },
  { step: "inventory-finish", of: "team/heir" },
  { step: "inventory-finished", of: "team/heir" },
];

function files(names: readonly string[], key: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name, { key })]));
}

function publish(rig: AgentRig, giver: readonly string[], heir: readonly string[]): void {
  const options = { defaultNamespace: rig.namespace };
  rig.hub.publish({
    bundles: [
      { bundle: "team/giver", files: files(["g", ...giver], "giver"), options },
      { bundle: "team/heir", files: files(["h", ...heir], "heir"), options },
    ],
  });
}

async function settle(rig: AgentRig, counts: { readonly giver: number; readonly heir: number }): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    await rig.status(`team/${name}`, ({ state, objectCount }) => state === "Ready" && objectCount === count);
  }
}

function uidOf(object: unknown): string {
  return z.looseObject({ metadata: z.looseObject({ uid: z.string() }) }).parse(object).metadata.uid;
}

describeWithKube("an agent that is killed while one bundle hands an object over to another", () => {
  test.concurrent("at one step after the other hands it over once, as it is", { timeout: 120_000 }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/x`;
    await rig.start();
    publish(rig, ["x"], []);
    await settle(rig, { giver: 2, heir: 1 });
    await rig.stop();
    const uid = uidOf(await rig.get(path));
    publish(rig, [], ["x"]);
    // What is written once is not written again: each death is at the next step.
    for (const { step, of } of deaths) await crashAt(rig, step, `${of}$`);
    await rig.start();
    await settle(rig, { giver: 1, heir: 2 });
    const live = await rig.get(path);
    expect(live).toMatchObject({ data: { key: "heir" } });
    expect(uidOf(live)).toBe(uid);
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test.concurrent("leaves the object to be removed when nobody wants it then", { timeout: 180_000 }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/x");
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/x`;
    for (const [index, { step, of }] of deaths.entries()) {
      const config = { dataDir: `${rig.dataDir}-${index}` };
      await rig.start({ config });
      publish(rig, ["x"], []);
      await settle(rig, { giver: 2, heir: 1 });
      await rig.stop();
      publish(rig, [], ["x"]);
      await crashAt(rig, step, `${of}$`);
      publish(rig, [], []);
      await rig.start({ config: { dataDir: `${rig.dataDir}-${index}-lost` } });
      await settle(rig, { giver: 1, heir: 1 });
      await vi.waitFor(async () => expect([step, await rig.get(path)]).toEqual([step, undefined]), { timeout: 20_000 });
      await rig.stop();
      expect(await cluster.deletions(rig.namespace)).toEqual(deaths.slice(0, index + 1).map(() => "x"));
    }
  });
});
