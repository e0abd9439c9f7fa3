import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWithKube } from "../../../support/kube.ts";
import { type AuditedCluster, auditedSharedCluster, startSimulatedAudit } from "./deletions.ts";
import { runScenario } from "./run-scenario.ts";

/** `SCENARIOS=300` plays as many, `SCENARIO_SEED=7` or `SCENARIO_SEED=7,12` these alone. */
const wanted = process.env["SCENARIOS"];
const only = process.env["SCENARIO_SEED"]?.split(",").map(Number);
const lanes = 6;

function seedsOfLane(lane: number, of: number): number[] {
  const seeds = only ?? Array.from({ length: of }, (_unused, index) => index + 1);
  return seeds.filter((_seed, index) => index % lanes === lane);
}

/** Returns what went wrong, scenario by scenario. */
async function playLanes(cluster: AuditedCluster, of: number): Promise<string[]> {
  const faults: string[] = [];
  const play = async (lane: number): Promise<void> => {
    for (const seed of seedsOfLane(lane, of)) {
      await runScenario(cluster, seed).catch((error: unknown) => faults.push(describeFailure(error)));
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_unused, lane) => play(lane)));
  return faults;
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}\n${error.cause.message}` : error.message;
}

describe("generated commits, relabellings, faults, kills, edits and approvals, on the simulator", () => {
  let cluster: AuditedCluster;
  beforeAll(async () => {
    cluster = await startSimulatedAudit();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());
  test("delete nothing that should stay, and end where they should", { timeout: 1_800_000 }, async () => {
    expect(await playLanes(cluster, Number(wanted ?? 12))).toEqual([]);
  });
});

describeWithKube("generated commits, relabellings, faults, kills, edits and approvals, on a real API server", () => {
  let cluster: AuditedCluster;
  beforeAll(async () => {
    cluster = await auditedSharedCluster();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());
  test("delete nothing that should stay, and end where they should", { timeout: 1_800_000 }, async () => {
    expect(await playLanes(cluster, Number(wanted ?? 8))).toEqual([]);
  });
});
