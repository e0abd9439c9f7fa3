import { describe, expect, it } from "vitest";
import {
  type CountedState,
  deploymentState,
  rollUpStatus,
  sumCounts,
  worstState,
} from "../../../../shared/status/roll-up-status.ts";

const wanted = { deploymentId: "new" };
const counts = (...states: readonly [CountedState, number][]): Map<CountedState, number> => new Map(states);

describe("deploymentState", () => {
  it.each([
    {
      name: "is what the agent says of what is wanted now",
      reported: { id: "new", state: "NotReady" as const },
      state: "NotReady",
    },
    {
      name: "is never green for something older",
      reported: { id: "old", state: "Ready" as const },
      state: "WaitApplied",
    },
    {
      name: "is the error that keeps the new from being applied",
      reported: { id: "old", state: "ErrApplied" as const },
      state: "ErrApplied",
    },
    { name: "waits while nobody has said anything", reported: undefined, state: "WaitApplied" },
    {
      name: "waits while the agent calls it orphaned",
      reported: { id: "new", state: "Orphaned" as const },
      state: "WaitApplied",
    },
  ])("$name", ({ reported, state }) => {
    expect(deploymentState(wanted, reported, true)).toBe(state);
    expect(deploymentState(wanted, reported, false)).toBe("Unknown");
  });

  it("is OutOfSync where a pause keeps back what is wanted", () => {
    const paused = { ...wanted, paused: true };
    expect(deploymentState(paused, { id: "old", state: "Ready" }, true)).toBe("OutOfSync");
    expect(deploymentState(paused, { id: "new", state: "Ready" }, true)).toBe("Ready");
  });
});

describe("rollUpStatus", () => {
  it("counts all, leaves zeros out, and names the worst state", () => {
    const sum = sumCounts([counts(["Ready", 3], ["Modified", 1]), counts(["Ready", 2], ["NotReady", 0])]);
    expect(rollUpStatus(sum)).toEqual({ desiredReady: 6, ready: 5, modified: 1 });
    expect(worstState(sum)).toBe("Modified");
    expect(rollUpStatus(new Map())).toEqual({ desiredReady: 0, ready: 0 });
    expect(worstState(new Map())).toBe("Ready");
  });

  it("puts every state in Fleet's order, Unknown above Ready", () => {
    const order: readonly CountedState[] = [
      "ErrApplied",
      "WaitApplied",
      "Modified",
      "OutOfSync",
      "Pending",
      "NotReady",
      "Unknown",
      "Ready",
    ];
    for (const [index, state] of order.entries())
      expect(worstState(counts(...order.slice(index).map((each): [CountedState, number] => [each, 1])))).toBe(state);
  });
});
