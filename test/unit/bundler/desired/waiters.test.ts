import { describe, expect, it } from "vitest";
import type { ClusterClass } from "../../../../bundler/desired/fleet.ts";
import { createWaiters } from "../../../../bundler/desired/waiters.ts";

const never = new AbortController().signal;
const longMs = 30_000;

function aClass(...members: readonly string[]): ClusterClass {
  return {
    signature: "",
    members: new Set(members),
    paused: false,
    groups: [],
    outcomes: new Map(),
    deployments: undefined,
    reports: new Map(),
  };
}

describe("createWaiters", () => {
  it("wakes every check-in of a cluster and no other one", async () => {
    const waiters = createWaiters();
    const woken = [waiters.wait("a", longMs, never), waiters.wait("a", longMs, never)];
    const stop = new AbortController();
    const other = waiters.wait("b", longMs, stop.signal);
    expect(waiters.count()).toBe(3);
    waiters.wakeCluster("a");
    expect(await Promise.all(woken)).toEqual([true, true]);
    expect(waiters.count()).toBe(1);
    stop.abort();
    await other;
    expect(waiters.count()).toBe(0);
  });

  it("wakes the waiting members of classes, many or few", async () => {
    const waiters = createWaiters();
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    const waiting = names.map(async (name) => waiters.wait(name, longMs, never));
    waiters.wakeClasses(
      new Set([aClass("c1", "not-here"), aClass(...names.slice(2), "nor-here", ...names.map((name) => `x${name}`))]),
    );
    waiters.wakeCluster("c0");
    await Promise.all(waiting);
    expect(waiters.count()).toBe(0);
  });

  it("ends the oldest check-in of one cluster when too many wait, without waking the others", async () => {
    const waiters = createWaiters();
    const ended: number[] = [];
    const waiting = [0, 1, 2, 3, 4, 5].map(async (index) => {
      if (!(await waiters.wait("a", longMs, never))) ended.push(index);
    });
    await Promise.all(waiting.slice(0, 2));
    expect([ended, waiters.count()]).toEqual([[0, 1], 4]);
    waiters.wakeCluster("a");
    await Promise.all(waiting);
  });

  it("ends by itself in time, and at once when the agent has gone", async () => {
    const waiters = createWaiters();
    expect(await waiters.wait("a", 1, never)).toBe(true);
    expect(await waiters.wait("a", longMs, AbortSignal.abort())).toBe(true);
    expect(waiters.count()).toBe(0);
  });
});
