import { setImmediate } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { createStatusReporter, type Report } from "../../../../agent/link/report-status.ts";
import { silentLogger } from "../../../../shared/log.ts";
import type { DeploymentStatus } from "../../../../shared/protocol/deployment-status.ts";

const status = (bundle: string, more: Partial<DeploymentStatus> = {}): DeploymentStatus => ({
  bundle,
  state: "Ready",
  ...more,
});

function aReporter(send: (report: Report) => Promise<void>) {
  return createStatusReporter({ send, log: silentLogger, coalesceMs: 5 });
}

const error = (count: number) => ({ code: "X", message: "x", firstSeen: "", lastSeen: String(count), count });

describe("the status reporter", () => {
  test("sends what changed in one message, and nothing that the hub knows", async () => {
    const sent: Report[] = [];
    await using reporter = aReporter(async (report) => void sent.push(report));
    for (const name of ["a", "b", "a"]) reporter.reportStatus(status(name));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toEqual({ full: false, statuses: [status("a"), status("b")], gone: [] });
    reporter.reportStatus(status("a"));
    reporter.reportStatus(status("b", { state: "NotReady" }));
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]?.statuses.map(({ bundle }) => bundle)).toEqual(["b"]);
  });

  test("keeps what could not be delivered, with the newest state", async () => {
    const sent: Report[] = [];
    let broken = true;
    await using reporter = aReporter(async (report) => {
      sent.push(report);
      if (broken) throw new Error("away");
    });
    reporter.reportStatus(status("a", { state: "NotReady" }));
    reporter.reportGone("b");
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    reporter.reportStatus(status("a"));
    broken = false;
    reporter.retryNow();
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toEqual({ full: false, statuses: [status("a")], gone: ["b"] });
  });

  test("says that all is as before when something else was on its way to the hub meanwhile", async () => {
    const sent: Report[] = [];
    const gate = Promise.withResolvers<void>();
    await using reporter = aReporter(async (report) => {
      sent.push(report);
      if (sent.length === 2) await gate.promise;
    });
    reporter.reportStatus(status("a"));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    reporter.reportStatus(status("a", { state: "Modified" }));
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    reporter.reportStatus(status("a"));
    gate.resolve();
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent[2]?.statuses).toEqual([status("a")]);
  });

  test("says that all is as before when the hub may have something else, its answer being lost", async () => {
    const sent: Report[] = [];
    await using reporter = aReporter(async (report) => {
      sent.push(report);
      if (sent.length === 2) throw new Error("cut");
    });
    reporter.reportStatus(status("a"));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    reporter.reportStatus(status("a", { state: "Modified" }));
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    // The failure is noted by then.
    await setImmediate();
    reporter.reportStatus(status("a"));
    reporter.retryNow();
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent[2]?.statuses).toEqual([status("a")]);
  });

  test("does not send that an error happened again, and sends everything when asked", async () => {
    const sent: Report[] = [];
    await using reporter = aReporter(async (report) => void sent.push(report));
    reporter.reportStatus(status("a", { error: error(1) }));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    reporter.reportStatus(status("a", { error: error(2) }));
    reporter.reportAll();
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toMatchObject({ full: true, statuses: [{ bundle: "a", error: { count: 2 } }] });
  });
});
