import { describe, expect, it } from "vitest";
import { createMetrics } from "../../../../shared/runtime/metrics.ts";

function namesOf(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gmu)].map(([, name = ""]) => name);
}

describe("createMetrics", () => {
  it("measures the event loop's lag only when it is asked for, where delays are not watched all the time", async () => {
    const all = namesOf(await createMetrics().text());
    const { text } = createMetrics({ loopDelays: false });
    await text();
    const names = namesOf(await text());
    expect(all.filter((name) => !names.includes(name)).toSorted()).toEqual(
      ["max", "mean", "min", "p50", "p90", "p99", "stddev"].map((figure) => `nodejs_eventloop_lag_${figure}_seconds`),
    );
    expect(await text()).toMatch(/^nodejs_eventloop_lag_seconds [\d.e-]+$/mu);
    expect(names).toContain("process_resident_memory_bytes");
  });
});
