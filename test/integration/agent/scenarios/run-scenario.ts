import { expect, vi } from "vitest";
import { stableHash } from "../../../../codec/stable-hash.ts";
import { inventoryName } from "../../../../agent/reconcile/marks.ts";
import { seededRandom } from "../../../conformance/helm/random-template.ts";
import { type AgentRig, createAgentRig } from "../agent-rig.ts";
import { startMortal, type MortalAgent } from "../crash-at.ts";
import type { AuditedCluster } from "./deletions.ts";
import { editObject, fileOf, readObjects } from "./scenario-objects.ts";
import { createFleetModel, type FleetModel, scenarioLimits } from "./fleet-model.ts";
import { type Objects, planScenario, type Trouble, type Turn } from "./plan-scenario.ts";

const waitMs = 30_000;
const mergePatch = "application/merge-patch+json";

/** What a scenario keeps. */
interface Stage {
  readonly rig: AgentRig;
  readonly model: FleetModel;
  readonly audited: AuditedCluster;
  dataDir: string;
  agent: MortalAgent | undefined;
  /** Steps that the agent has left to live, counted from the turn's begin. */
  stepsLeft: number;
  /** Part of each deployment's name: after an undo the same objects come under another, so that old statuses do not count. */
  round: number;
}

/** Plays the scenario of a seed and fails, naming the turn, where anything was deleted or is there that should not be. */
export async function runScenario(audited: AuditedCluster, seed: number): Promise<void> {
  const turns = planScenario(seededRandom(seed));
  await using rig = await createAgentRig(audited);
  const stage: Stage = {
    rig,
    model: createFleetModel(),
    audited,
    dataDir: rig.dataDir,
    agent: undefined,
    stepsLeft: Infinity,
    round: 0,
  };
  const told: string[] = [];
  try {
    await audited.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
    await startAgent(stage);
    for (const turn of turns) {
      told.push(JSON.stringify(turn));
      await play(stage, turn);
      await converge(stage);
      await judge(stage);
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after\n${told.join("\n")}`, { cause: error });
  } finally {
    await stage.agent?.kill();
  }
}

async function startAgent(stage: Stage): Promise<void> {
  const config = { ...scenarioLimits, dataDir: stage.dataDir };
  stage.agent = await startMortal(stage.rig, () => --stage.stepsLeft < 0, { config });
}

async function play(stage: Stage, { event, trouble }: Turn): Promise<void> {
  const { rig, model } = stage;
  stage.stepsLeft = trouble.killAtStep === undefined ? Infinity : trouble.killAtStep - 1;
  rig.hub.fault = trouble.hub;
  const requests = rig.hub.requests;
  switch (event.type) {
    case "publish":
      publish(stage, event.bundles);
      model.publish(event.bundles);
      break;
    case "undo":
      publish(stage, event.bundles);
      stage.round++;
      publish(stage, model.git);
      model.undo(event.bundles);
      await overcome(stage, { trouble, requests });
      await approveUntilDone(stage);
      return;
    case "omit": {
      const { [event.bundle]: _omitted, ...rest } = model.git;
      publish(stage, rest, []);
      await overcome(stage, { trouble, requests });
      await rig.status(`team/${event.bundle}`, ({ state }) => state === "Orphaned");
      await judge(stage);
      publish(stage, model.git);
      return;
    }
    case "edit":
      // A field that somebody changed while the object was held is a conflict for the next bundle, which says so and stops.
      if (event.action === "change" && !Object.values(model.git).some((objects) => event.object in objects)) break;
      await editObject(rig, event.action, event.object);
      model.edit(event.action, event.object);
      break;
    case "approve":
      await approve(stage, event.wrong);
      if (!event.wrong) model.approveAll();
  }
  await overcome(stage, { trouble, requests });
}

/** Waits until the trouble has had its effect, then ends it. */
async function overcome(
  stage: Stage,
  { trouble, requests }: { readonly trouble: Trouble; readonly requests: number },
): Promise<void> {
  const { rig } = stage;
  if (trouble.hub !== undefined) {
    await vi
      .waitFor(() => expect(rig.hub.requests).toBeGreaterThan(requests), { timeout: 1000, interval: 5 })
      .catch(() => undefined);
    rig.hub.fault = undefined;
  }
  if (trouble.killAtStep === undefined) return;
  await Promise.race([stage.agent?.died, converge(stage)]);
  await stage.agent?.kill();
  stage.stepsLeft = Infinity;
  if (trouble.diskLost === true) stage.dataDir += "-new";
  await startAgent(stage);
}

function publish(
  stage: Stage,
  bundles: Readonly<Record<string, Objects>>,
  remove = Object.keys(stage.model.git),
): void {
  const { rig } = stage;
  rig.hub.publish({
    bundles: Object.entries(bundles).map(([name, objects]) => ({
      bundle: `team/${name}`,
      deploymentId: idOf(stage, objects),
      files: Object.fromEntries(Object.entries(objects).map(([key, value]) => [`${key}.yaml`, fileOf(key, value)])),
      options: { defaultNamespace: rig.namespace, correctDrift: { enabled: true } },
    })),
    remove: remove
      .filter((name) => bundles[name] === undefined)
      .map((name) => ({ bundle: `team/${name}`, reason: "bundle-deleted", because: "c0ffee" })),
  });
}

function idOf({ round }: Stage, objects: Objects): string {
  return stableHash([round, objects]).slice(0, 16);
}

/** Waits until the agent says that it is where the model is, and the cluster is there. */
async function converge(stage: Stage): Promise<void> {
  await vi.waitFor(() => expectModel(stage), { timeout: waitMs, interval: 15 });
}

async function expectModel(stage: Stage): Promise<void> {
  const { rig, model, audited } = stage;
  const held = new Set(model.held());
  const wanted = Object.entries(model.git);
  const names = [...rig.hub.statuses.keys()].toSorted();
  expect(names).toEqual(wanted.map(([name]) => `team/${name}`).toSorted());
  for (const [name, objects] of wanted) {
    const status = rig.hub.statuses.get(`team/${name}`);
    const state = held.has(name) ? "OutOfSync" : "Ready";
    expect(status, `status of ${name}`).toMatchObject({ state, appliedDeploymentId: idOf(stage, objects) });
  }
  const live = await readObjects(audited, rig.namespace);
  const expected = model.expected();
  expect([...live.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [name, value] of expected) if (value !== undefined) expect([name, live.get(name)]).toEqual([name, value]);
}

/** Fails on a deletion that the model does not allow, by what the API server wrote down itself. */
async function judge({ rig, model, audited }: Stage): Promise<void> {
  const allowed = model.mayDelete();
  const counts = new Map<string, number>();
  for (const name of await audited.deletions(rig.namespace)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const wrong = [...counts].filter(([name, count]) => count > (allowed.get(name) ?? 0));
  expect(wrong, "deleted and should not have been").toEqual([]);
}

async function approve(stage: Stage, wrong: boolean): Promise<void> {
  for (const [bundle, { held = [] }] of stage.rig.hub.statuses) {
    const plan = /\(plan ([0-9a-f]+)\)$/u.exec(held[0] ?? "")?.[1];
    if (plan !== undefined) await annotate(stage, bundle, wrong ? "0123456789ab" : plan);
  }
}

async function annotate({ rig, audited }: Stage, bundle: string, plan: string): Promise<void> {
  const secret = `/api/v1/namespaces/${rig.systemNamespace}/secrets/${inventoryName(bundle)}`;
  const body = { metadata: { annotations: { "drover.dev/approve-removal": plan } } };
  const answer = await audited.request(secret, { method: "PATCH", contentType: mergePatch, body });
  if (answer.status !== 200) throw new Error(`approval of ${bundle}: ${answer.status} ${answer.text}`);
}

/** Whether something waits after an undo depends on how far the agent had come: a person who sees it approves it. */
async function approveUntilDone(stage: Stage): Promise<void> {
  await vi.waitFor(
    async () => {
      await approve(stage, false);
      await expectModel(stage);
    },
    { timeout: waitMs, interval: 50 },
  );
}
