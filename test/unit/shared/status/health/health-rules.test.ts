import { describe, expect, it } from "vitest";
import type { HealthCheck } from "../../../../../shared/api/health-check.ts";
import type { KubeObject } from "../../../../../shared/api/meta.ts";
import { assessHealth } from "../../../../../shared/status/assess-health.ts";
import { compileHealthRules } from "../../../../../shared/status/health/health-rules.ts";

const kind = { apiVersion: "a.io/v1", kind: "Db" };

function aDb(status: object, metadata: object = {}): KubeObject {
  return { ...kind, metadata: { name: "db", generation: 2, ...metadata }, status };
}

async function judge(check: HealthCheck, object: KubeObject) {
  const rules = await compileHealthRules([{ place: "here", checks: [{ ...kind, ...check }] }]);
  return assessHealth(object, { rule: rules.ruleOf(object) });
}

describe("rules for health", () => {
  const phases: HealthCheck = {
    inProgress: "status.phase == 'Creating'",
    failed: "status.phase.startsWith('Err')",
    current: "status.phase == 'Ready'",
  };

  it.each([
    { name: "ready", status: { phase: "Ready" }, message: "" },
    { name: "in progress", status: { phase: "Creating" }, message: "is in progress by here" },
    { name: "failed", status: { phase: "Error" }, message: "has failed by here" },
    { name: "none of them", status: { phase: "Odd" }, message: "is not current yet by here" },
    {
      name: "in progress with the object's own words",
      status: {
        phase: "Creating",
        conditions: [
          { type: "Synced", status: "False", message: "other" },
          { type: "Ready", status: "Unknown", message: "waits for disks" },
        ],
      },
      message: "is in progress by here: waits for disks",
    },
    {
      name: "without what the rule asks for",
      status: {},
      message: "cannot be judged by here: inProgress: no such key: phase (column 7)",
    },
    {
      name: "not looked at by its controller since its last change",
      status: { phase: "Ready", observedGeneration: 1 },
      message: "its controller has seen generation 1, not yet 2",
    },
  ])("say of an object that it is $name", async ({ status, message }) => {
    expect(await judge(phases, aDb(status))).toEqual({ ready: message === "", message });
  });

  it("stand before conditions, and behind a deletion", async () => {
    const stalled = { conditions: [{ type: "Stalled", status: "True", message: "no" }] };
    expect(await judge({ current: "true" }, aDb(stalled))).toMatchObject({ ready: true });
    const deleted = aDb({}, { deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(await judge({ current: "true" }, deleted)).toMatchObject({ message: "is being deleted" });
  });

  it("stand before the rules of built-in kinds", async () => {
    const rules = await compileHealthRules([
      { place: "here", checks: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.done == 'yes'" }] },
    ]);
    const map: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { done: "no" } };
    expect(assessHealth(map, { rule: rules.ruleOf(map) })).toMatchObject({ message: "is not current yet by here" });
  });

  it.each([
    { name: "no expression", check: {}, message: 'it has no "current"' },
    { name: "a broken expression", check: { current: "status.a &&" }, message: "current: expected a value" },
    { name: "a value that is no verdict", check: { current: "'yes'" }, message: "neither true nor false" },
  ])("with $name say so of each object", async ({ check, message }) => {
    const health = await judge(check, aDb({}));
    expect(health.ready).toBe(false);
    expect(health.message).toMatch(/^cannot be judged by here: /u);
    expect(health.message).toContain(message);
  });

  it("are found by group and kind, the first place first", async () => {
    const rules = await compileHealthRules([
      { place: "first", checks: [{ ...kind, current: "false" }] },
      {
        place: "second",
        checks: [
          { ...kind, current: "true" },
          { apiVersion: "a.io/v1", kind: "Other", current: "false" },
        ],
      },
    ]);
    const judged = (apiVersion: string, name: string): string | undefined =>
      rules.ruleOf({ apiVersion, kind: name })?.(aDb({})).message;
    expect(judged("a.io/v2", "Db")).toBe("is not current yet by first");
    expect(judged("a.io/v1", "Other")).toBe("is not current yet by second");
    expect(judged("b.io/v1", "Db")).toBeUndefined();
  });
});
