import { describe, expect, it } from "vitest";
import { type KnownReport, takeReport } from "../../../../bundler/agents/take-report.ts";
import type { DeploymentStatus } from "../../../../shared/protocol/deployment-status.ts";
import type { CheckInRequest } from "../../../../shared/protocol/routes.ts";

const nothing: KnownReport = { report: undefined, states: new Map() };

function request(more: Partial<CheckInRequest>): CheckInRequest {
  return { waitMs: 0, holds: [], full: false, statuses: [], ...more };
}
function ready(bundle: string, id = "1"): DeploymentStatus {
  return { bundle, state: "Ready", appliedDeploymentId: id };
}
const at = (ms: number) => ({ seenMs: 1_000_000 + ms, heardMs: ms });

function known(...statuses: readonly DeploymentStatus[]): KnownReport {
  const { report, body } = takeReport(nothing, request({ full: true, statuses: [...statuses] }), at(1));
  return { report, states: new Map(body.map(({ bundle, id, state }) => [bundle, { id, state }])) };
}
const failed: DeploymentStatus = {
  bundle: "w/a",
  state: "ErrApplied",
  error: { code: "KUBE_INVALID", message: "no", firstSeen: "", lastSeen: "", count: 1 },
};

describe("takeReport", () => {
  it("gives clusters that hold the same the same digest, whatever the order", () => {
    expect(known(ready("w/a"), ready("w/b")).report?.reportDigest).toBe(
      known(ready("w/b"), ready("w/a")).report?.reportDigest,
    );
    expect(known(ready("w/a")).report?.reportDigest).not.toBe(known(ready("w/a", "2")).report?.reportDigest);
  });

  it("lays a change over what was known, and names only what changed", () => {
    const { body, changed } = takeReport(
      known(ready("w/a"), ready("w/b")),
      request({ statuses: [ready("w/b", "2")] }),
      at(2),
    );
    expect(body).toEqual([
      { bundle: "w/a", id: "1", state: "Ready" },
      { bundle: "w/b", id: "2", state: "Ready" },
    ]);
    expect(changed).toEqual(["w/b"]);
  });

  it("takes a full report as the whole picture", () => {
    const { body, changed } = takeReport(
      known(ready("w/a"), ready("w/b")),
      request({ full: true, statuses: [ready("w/b")] }),
      at(2),
    );
    expect(body.map(({ bundle }) => bundle)).toEqual(["w/b"]);
    expect(changed).toEqual(["w/a", "w/b"]);
  });

  it("forgets what is gone, with what was said about it", () => {
    const { report, body, changed } = takeReport(known(failed), request({ gone: ["w/a"] }), at(2));
    expect([report.exceptions.size, body, changed]).toEqual([0, [], ["w/a"]]);
  });

  it("keeps more than a state only while there is more to say", () => {
    const before = known(failed);
    expect(before.report?.exceptions.get("w/a")).toEqual(failed);
    expect(takeReport(before, request({ statuses: [ready("w/a")] }), at(2)).report.exceptions.size).toBe(0);
    const corrected = { ...ready("w/a"), corrected: { count: 1, lastTime: "", last: [] } };
    expect(takeReport(before, request({ statuses: [corrected] }), at(2)).report.exceptions.get("w/a")).toEqual(
      corrected,
    );
  });

  it("keeps warnings of a deployment that is ready", () => {
    const warned = { ...ready("w/a"), warnings: ["lookup finds nothing"] };
    expect(
      takeReport(known(ready("w/a")), request({ statuses: [warned] }), at(2)).report.exceptions.get("w/a"),
    ).toEqual(warned);
  });

  it("changes nothing but the time when an agent says nothing", () => {
    const before = known(ready("w/a"), failed);
    const { report, changed } = takeReport(before, request({}), at(7));
    expect([report, changed]).toEqual([{ ...before.report, ...at(7), online: true }, []]);
  });
});
