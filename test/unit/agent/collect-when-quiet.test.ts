import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { collectWhenQuiet, type QuietCollector } from "../../../agent/collect-when-quiet.ts";

const quietMs = 1000;
const leastMs = 5000;

/** Returns how many timers keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

describe("collectWhenQuiet", () => {
  let collections = 0;
  let garbage: QuietCollector;

  beforeEach(() => {
    vi.useFakeTimers();
    collections = 0;
    garbage = collectWhenQuiet({ collect: () => collections++, quietMs, leastMs });
  });
  afterEach(() => {
    garbage[Symbol.dispose]();
    vi.useRealTimers();
  });

  it("collects once after the last work, however much there was", () => {
    for (let step = 0; step < 20; step++) {
      garbage.noteWork();
      vi.advanceTimersByTime(quietMs / 2);
    }
    expect(collections).toBe(0);
    vi.advanceTimersByTime(quietMs);
    expect(collections).toBe(1);
    vi.advanceTimersByTime(10 * leastMs);
    expect(collections).toBe(1);
  });

  it("collects again after more work, not sooner than the least time after the last collection", () => {
    garbage.noteWork();
    vi.advanceTimersByTime(quietMs);
    expect(collections).toBe(1);
    vi.advanceTimersByTime(100);
    garbage.noteWork();
    vi.advanceTimersByTime(leastMs - 101);
    expect(collections).toBe(1);
    vi.advanceTimersByTime(1);
    expect(collections).toBe(2);
  });

  it("collects nothing where nothing was done, or when it was disposed before", () => {
    vi.advanceTimersByTime(10 * leastMs);
    garbage.noteWork();
    garbage[Symbol.dispose]();
    vi.advanceTimersByTime(10 * leastMs);
    expect(collections).toBe(0);
  });

  it("keeps no process alive, and waits for nothing where nothing is collected", () => {
    vi.useRealTimers();
    const before = timers();
    using idle = collectWhenQuiet({ collect: undefined, quietMs, leastMs });
    idle.noteWork();
    using other = collectWhenQuiet({ collect: () => collections++, quietMs, leastMs });
    other.noteWork();
    expect(timers()).toBe(before);
  });
});
