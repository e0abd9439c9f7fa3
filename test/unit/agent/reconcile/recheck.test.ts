import { describe, expect, test } from "vitest";
import { newRecord, statusOfRecord, type DeploymentRecord } from "../../../../agent/reconcile/deployment-record.ts";
import { explainedMessage, expectReason } from "../../../../agent/reconcile/explain-problems.ts";
import { isDueAgain, planRecheck } from "../../../../agent/reconcile/recheck.ts";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import type { Drift } from "../../../../shared/protocol/deployment-status.ts";

const key = "/ConfigMap/apps/a";
const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "apps", name: "a" };

function aRecord(type: Drift["type"], pausedUntilMs?: number): DeploymentRecord {
  const record = newRecord("team/app");
  record.drift.set(key, { ...ref, type, fields: [] });
  if (pausedUntilMs !== undefined) record.corrections.set(key, { inARow: 5, lastMs: 0, pauses: 1, pausedUntilMs });
  return record;
}

describe("objects to compare again", () => {
  test("are those that could not be compared: after 5, 10, 20 seconds, then every five minutes", () => {
    const record = aRecord("unknown");
    const waits: number[] = [];
    let nowMs = 1000;
    for (let round = 0; round < 9; round++) {
      const waitMs = planRecheck(record, nowMs) ?? 0;
      waits.push(waitMs / 1000);
      expect(isDueAgain(record, key, nowMs + waitMs - 1)).toBe(false);
      nowMs += waitMs;
      expect(isDueAgain(record, key, nowMs)).toBe(true);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test("wait no longer for a look that something else caused meanwhile", () => {
    const record = aRecord("unknown");
    expect(planRecheck(record, 0)).toBe(5000);
    expect(planRecheck(record, 4000)).toBe(1000);
  });

  test("are those that were left alone, once that is over", () => {
    const record = aRecord("changed", 60_000);
    expect(planRecheck(record, 10_000)).toBe(50_000);
    expect(isDueAgain(record, key, 59_999)).toBe(false);
    expect(isDueAgain(record, key, 60_000)).toBe(true);
    expect(planRecheck(record, 60_000)).toBeUndefined();
  });

  test("are those that could not be corrected, and no others", () => {
    const record = aRecord("changed");
    expect(isDueAgain(record, key, 0)).toBe(false);
    expect(planRecheck(record, 0)).toBeUndefined();
    record.failed.set(key, { ...ref, message: "refused" });
    expect(isDueAgain(record, key, 0)).toBe(true);
  });
});

describe("status of many drifted objects", () => {
  test("lists 20 and counts all", () => {
    const record = newRecord("team/app");
    for (let index = 0; index < 30; index++)
      record.drift.set(`${key}${index}`, { ...ref, name: `a${index}`, type: "missing", fields: [] });
    const status = statusOfRecord(record, undefined);
    expect(status.drift).toHaveLength(20);
    expect(status.driftCount).toBe(30);
  });
});

const live = (generation: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "apps", uid: "u", generation },
  spec: { selector: { matchLabels: { app: "web" } }, template: { large: true } },
});

describe("the reason of an object that is not ready", () => {
  test("is looked for two seconds later and kept until then, and anew for a new generation", () => {
    const first = expectReason(undefined, live(1), { message: "0 of 1", nowMs: 1000 });
    expect(first).toMatchObject({ reason: undefined, looks: 0, dueMs: 3000 });
    expect(JSON.stringify(first)).not.toContain("large");
    const found = { ...first, reason: "pod x: no disk", looks: 3, dueMs: 90_000 };
    expect(expectReason(found, live(1), { message: "0 of 2", nowMs: 5000 })).toEqual({ ...found, message: "0 of 2" });
    expect(expectReason(found, live(2), { message: "0 of 1", nowMs: 5000 })).toMatchObject({ looks: 0, dueMs: 7000 });
  });

  test("follows what the object says, unless it repeats it", () => {
    const first = expectReason(undefined, live(1), { message: "0 of 1", nowMs: 0 });
    expect(explainedMessage(first)).toBe("0 of 1");
    expect(explainedMessage({ ...first, reason: "no disk" })).toBe("0 of 1: no disk");
    expect(explainedMessage({ ...first, reason: "pod x: 0 of 1" })).toBe("pod x: 0 of 1");
  });
});
