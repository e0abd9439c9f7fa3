import { describe, expect, test } from "vitest";
import { kubeError } from "../../../../agent/kube/kube-status.ts";
import { failureKind, planRetry } from "../../../../agent/reconcile/plan-retry.ts";
import { AppError } from "../../../../shared/errors.ts";

function anError(code: number, message: string, reason = ""): AppError {
  return kubeError({ code, reason, message, causes: [], retryAfterMs: undefined }, "PATCH /x");
}

const permission = anError(403, 'configmaps "a" is forbidden: User "x" cannot patch resource "configmaps"');
const quota = anError(
  403,
  'pods "a" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
);
const webhook = anError(400, 'admission webhook "no.example.com" denied the request: no');
const policy = anError(422, "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no");
const conflict = anError(409, "the object has been modified");
const timeout = anError(504, "Timeout: request did not complete");
const away = anError(500, 'failed calling webhook "a.example.com": connection refused');
const invalid = anError(422, 'Service "a" is invalid: spec.ports[0].port: Invalid value: 99999');
const unknownKind = new AppError("OBJECT_INVALID", "no such kind", { verdict: "waiting", afterMs: 15_000 });

describe("what could not be applied", () => {
  test.each([
    { name: "permission", error: permission, soonest: 1000, latest: 300_000 },
    { name: "quota", error: quota, soonest: 2500, latest: 120_000 },
    { name: "admission", error: webhook, soonest: 7500, latest: 600_000 },
    { name: "admission", error: policy, soonest: 7500, latest: 600_000 },
    { name: "conflict", error: conflict, soonest: 100, latest: 10_000 },
    { name: "busy", error: timeout, soonest: 250, latest: 120_000 },
    { name: "busy", error: away, soonest: 250, latest: 120_000 },
    { name: "other", error: invalid, soonest: 60_000, latest: 60_000 },
    { name: "other", error: unknownKind, soonest: 15_000, latest: 15_000 },
  ])("is tried again by the kind of failure: $name ($error.message)", ({ name, error, soonest, latest }) => {
    expect(failureKind(error)).toBe(name);
    expect(planRetry([error], 1)).toBeGreaterThanOrEqual(soonest);
    expect(planRetry([error], 1)).toBeLessThanOrEqual(soonest * 2);
    expect(planRetry([error], 30)).toBeLessThanOrEqual(latest);
    expect(planRetry([error], 30)).toBeGreaterThanOrEqual(latest / 2);
  });

  test("is tried again as soon as any of it may be", () => {
    expect(planRetry([webhook, invalid, conflict], 1)).toBeLessThanOrEqual(200);
  });
});
