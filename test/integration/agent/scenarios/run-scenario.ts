import { expect, vi } from "vitest";
import { inventoryName } from "../../../../agent/reconcile/marks.ts";
import { seededRandom } from "../../../conformance/helm/random-template.ts";
import { type AgentRig, createAgentRig } from "../agent-rig.ts";
import { startMortal, type MortalAgent } from "../crash-at.ts";
import type { AuditedCluster } from "./deletions.ts";
import { createFleetModel, type FleetModel, scenarioLimits } from "./fleet-model.ts";
import { planScenario } from "./plan-scenario.ts";
import { editObject, filesOf, labelOf, optionsOf, readLabels, readObjects } from "./scenario-objects.ts";
import type { Bundles, Event, Trouble, Turn } from "./scenario.ts";

const waitMs = 60_000;
const mergePatch = "application/merge-patch+json";

/** What a scenario keeps. */
interface Stage {
  readonly rig: AgentRig;
  readonly model: FleetModel;
  readonly audited: AuditedCluster;
  /** Agents elect who leads: some of them are to be replaced. */
  readonly elects: boolean;
  dataDir: string;
  agent: MortalAgent | undefined;
  /** Steps that the agent has left to live, counted from the turn's begin. */
  stepsLeft: number;
}

/** Plays the scenario of a seed and fails, naming the turn, where anything was deleted or is there that should not be. Even seeds have bundles with options. */
export async function runScenario(audited: AuditedCluster, seed: number): Promise<void> {
  const turns = planScenario(seededRandom(seed), seed % 2 === 0);
  await using rig = await createAgentRig(audited);
  // What may be deleted changes from turn to turn; `judge` compares it after each.
  rig.mayDelete(/./u);
  const elects = turns.some(({ trouble }) => trouble.replaced === true);
  const { dataDir } = rig;
  const stage: Stage = {
    rig,
    model: createFleetModel(),
    audited,
    elects,
    dataDir,
    agent: undefined,
    stepsLeft: Infinity,
  };
  const told: string[] = [];
  try {
    for (const name of [rig.namespace, rig.systemNamespace]) {
      const metadata = { name, labels: { mine: "kept" } };
      await audited.request("/api/v1/namespaces", { method: "POST", body: { metadata } });
    }
    stage.agent = await startAgent(stage);
    for (const turn of turns) {
      told.push(JSON.stringify(turn));
      await play(stage, turn);
      await converge(stage);
      await judge(stage);
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after\n${told.join("\n")}`, { cause: error });
  } finally {
    await rig.stop();
    await stage.agent?.kill();
  }
}

/** Starts an agent of the stage. The same name again is the same agent; another one waits for the Lease. */
async function startAgent(stage: Stage, dataDir = stage.dataDir): Promise<MortalAgent> {
  const election = stage.elects ? { leaderElect: true, leaderName: dataDir, leaseMs: 6000 } : {};
  const config = { ...scenarioLimits, ...election, dataDir };
  return startMortal(stage.rig, () => stage.dataDir === dataDir && --stage.stepsLeft < 0, { config });
}

async function play(stage: Stage, { event, trouble }: Turn): Promise<void> {
  const { rig } = stage;
  stage.stepsLeft = trouble.killAtStep === undefined ? Infinity : trouble.killAtStep - 1;
  rig.hub.fault = trouble.hub;
  const requests = rig.hub.requests;
  if (event.type === "restored") {
    await refuseRestored(stage, event.from, trouble);
    return;
  }
  await happen(stage, event);
  await overcome(stage, { trouble, requests });
  if (event.type === "undo") await approveUntilDone(stage);
  if (event.type !== "omit") return;
  if (stage.model.hasInventory(event.bundle)) {
    await rig.status(`team/${event.bundle}`, ({ state }) => state === "Orphaned");
    await judge(stage);
  }
  publish(stage, stage.model.git);
}

async function happen(stage: Stage, event: Exclude<Event, { readonly type: "restored" }>): Promise<void> {
  const { model } = stage;
  switch (event.type) {
    case "publish":
      publish(stage, event.bundles);
      model.publish(event.bundles);
      return;
    case "undo":
      publish(stage, event.bundles);
      model.undo(event.bundles);
      publish(stage, model.git);
      return;
    case "omit": {
      const { [event.bundle]: _omitted, ...rest } = model.git;
      publish(stage, rest, []);
      return;
    }
    case "edit":
      if (model.edit(event.action, event.object)) await editObject(stage.rig, event.action, event.object);
      return;
    case "approve":
      await approve(stage, event.wrong);
      if (!event.wrong) model.approveAll();
  }
}

/** The hub says what it must not be believed, also to an agent that starts anew, and after a while what it said before. */
async function refuseRestored(
  stage: Stage,
  from: Extract<Event, { readonly type: "restored" }>["from"],
  { killAtStep, diskLost }: Trouble,
): Promise<void> {
  const { hub } = stage.rig;
  const because = { reason: "bundle-deleted", because: "0" };
  hub.fault = undefined;
  stage.stepsLeft = Infinity;
  hub.publishDocument((document) => ({
    ...document,
    ...(from === "other-store" ? { epoch: "epoch-2" } : { revision: document.revision - 1 }),
    tag: `restored-${document.tag}`,
    deployments: [],
    remove: document.deployments.map(({ bundle }) => ({ bundle, ...because })),
  }));
  if (killAtStep !== undefined) await restart(stage, diskLost === true);
  const asked = hub.checkIns.length;
  // Who asks again has read what it was answered before.
  const isRead = (): void => expect(hub.checkIns.length).toBeGreaterThan(asked + (killAtStep === undefined ? 0 : 1));
  await vi.waitFor(isRead, { timeout: waitMs, interval: 5 });
  await judge(stage);
  hub.publishDocument((document) => document);
}

async function restart(stage: Stage, diskLost: boolean): Promise<void> {
  await stage.agent?.kill();
  stage.stepsLeft = Infinity;
  if (diskLost) stage.dataDir += "-new";
  stage.agent = await startAgent(stage);
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
  const { agent, dataDir } = stage;
  if (trouble.replaced === true) {
    const other = `${dataDir}-other`;
    const standby = await startAgent(stage, other);
    await Promise.race([agent?.died, converge(stage)]);
    await agent?.kill();
    stage.stepsLeft = Infinity;
    stage.dataDir = other;
    stage.agent = standby;
  } else {
    await Promise.race([agent?.died, converge(stage)]);
    await restart(stage, trouble.diskLost === true);
  }
}

function publish({ rig, model }: Stage, bundles: Bundles, remove = Object.keys(model.git)): void {
  rig.hub.publish({
    bundles: Object.entries(bundles).map(([name, bundle]) => ({
      bundle: `team/${name}`,
      deploymentId: model.idOf(bundle),
      files: filesOf(name, bundle),
      options: optionsOf(name, bundle.options, rig.namespace),
      ...(bundle.options.paused === true ? { paused: true } : {}),
    })),
    remove: remove
      .filter((name) => bundles[name] === undefined)
      .map((name) => ({ bundle: `team/${name}`, reason: "bundle-deleted", because: "c0ffee" })),
  });
}

/** Waits until the agent says that it is where the model is, and the cluster is there. */
async function converge(stage: Stage): Promise<void> {
  await vi.waitFor(() => expectModel(stage), { timeout: waitMs, interval: 15 });
}

async function expectModel({ rig, model, audited }: Stage): Promise<void> {
  const wanted = Object.keys(model.git);
  const names = [...rig.hub.statuses.keys()].toSorted();
  expect(names).toEqual(wanted.map((name) => `team/${name}`).toSorted());
  for (const name of wanted) {
    const { state, appliedDeploymentId, error } = rig.hub.statuses.get(`team/${name}`) ?? {};
    const { states, applied } = model.statusOf(name);
    expect(states, `state of ${name}: ${JSON.stringify(error)}`).toContain(state);
    expect(appliedDeploymentId, `what is applied of ${name}`).toBe(applied);
  }
  const live = await readObjects(audited, rig.namespace);
  const expected = model.cluster.expected();
  expect([...live.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [name, value] of expected) if (value !== undefined) expect([name, live.get(name)]).toEqual([name, value]);
  const labels = Object.entries(model.labels()).map(([name, value]) => [labelOf(name), value]);
  expect(await readLabels(audited, rig.namespace)).toMatchObject({ mine: "kept", ...Object.fromEntries(labels) });
}

/** Fails on a deletion that the model does not allow, by what the API server wrote down itself. */
async function judge({ rig, model, audited }: Stage): Promise<void> {
  const allowed = model.cluster.mayDelete();
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
