import { describe, expect, it } from "vitest";
import type { HookEvent } from "../../../../../helm/chart/hook-annotations.ts";
import type { Hook } from "../../../../../shared/render/hooks/hook.ts";
import { deleteHooks, planHooks, runsEver } from "../../../../../shared/render/hooks/plan-hooks.ts";

function aHook(name: string, events: readonly HookEvent[], { weight = 0, kind = "Job" } = {}): Hook {
  return {
    object: { apiVersion: "batch/v1", kind, metadata: { name } },
    events,
    weight,
    deletePolicies: ["before-hook-creation"],
  };
}

function names(hooks: readonly Hook[]): string[] {
  return hooks.map(({ object }) => `${object.kind} ${object.metadata.name}`);
}

describe("planHooks", () => {
  it("runs by weight, then name, then Helm's order of kinds", () => {
    const hooks = [
      aHook("b", ["pre-install"]),
      aHook("a", ["pre-install"], { weight: 10 }),
      aHook("same", ["pre-install"], { kind: "Job" }),
      aHook("same", ["pre-install"], { kind: "ServiceAccount" }),
      aHook("z", ["pre-install"], { weight: -1 }),
    ];
    expect(names(planHooks(hooks, "install").before)).toEqual([
      "Job z",
      "Job b",
      "ServiceAccount same",
      "Job same",
      "Job a",
    ]);
  });

  it.each([
    { occasion: "install", before: ["Job 1", "Job 5"], after: ["Job 2"] },
    { occasion: "upgrade", before: ["Job 5"], after: ["Job 3"] },
    { occasion: "delete", before: [], after: ["Job 3"] },
  ] as const)("chooses the hooks of an occasion: $occasion", ({ occasion, before, after }) => {
    const plan = planHooks(
      [
        aHook("1", ["pre-install"]),
        aHook("2", ["post-install"]),
        aHook("3", ["post-upgrade", "post-delete"]),
        aHook("4", ["test", "pre-rollback", "post-rollback"]),
        aHook("5", ["pre-install", "pre-upgrade", "test"]),
      ],
      occasion,
    );
    expect(names(plan.before)).toEqual(before);
    expect(names(plan.after)).toEqual(after);
  });

  it("runs tests at no time", () => {
    expect(runsEver(aHook("a", ["test"]))).toBe(false);
    expect(runsEver(aHook("a", ["pre-rollback", "post-rollback"]))).toBe(true);
    expect(runsEver(aHook("a", ["post-delete", "test"]))).toBe(true);
  });

  it("tells which hooks must be kept for a removal", () => {
    const hooks = [aHook("a", ["pre-install"]), aHook("b", ["pre-delete"]), aHook("c", ["test", "post-delete"])];
    expect(names(deleteHooks(hooks))).toEqual(["Job b", "Job c"]);
  });
});
