import { describe, expect, it } from "vitest";
import { createChartPins } from "../../../../../shared/bundle/charts/chart-pins.ts";

const checkedAt = "2026-05-01T08:00:00.000Z";
const nowMs = Date.parse(checkedAt);
const oid = "a".repeat(40);

function aPin(chart: string, repo: string, version: string) {
  return { chart, repo, version, resolved: "1.2.0", url: "https://x.example/web.tgz", digest: "sha256:1", checkedAt };
}

describe("createChartPins", () => {
  it.each([
    ["a range of a repository", "web", "https://x.example", "^1", 1000],
    ["no version of a registry", "", "oci://x.example/web", "", 1000],
    ["a tag of a registry", "", "oci://x.example/web:1", "", 1000],
    ["a branch", "git::https://x.example/a.git?ref=main", "", "", 1000],
    ["a branch, whatever the version says", "git::https://x.example/a.git?ref=main", "", "1.2.0", 1000],
    ["an archive's address", "https://x.example/web.tgz", "", "1.2.0", 1000],
    ["an exact version", "web", "https://x.example", "1.2.0", undefined],
    ["a digest", "", `oci://x.example/web@sha256:${"0".repeat(64)}`, "", undefined],
    ["a commit", `git::https://x.example/a.git//web?ref=${oid}`, "", "", undefined],
    ["a checksum", "https://x.example/web.tgz?checksum=sha256:00", "", "", undefined],
  ])("asks again for %s after %s", (...[, chart, repo, version, expected]) => {
    const pins = createChartPins({ pins: [], intervalMs: 1000, nowMs });
    expect(pins.dueInMs(aPin(chart, repo, version))).toBe(expected);
  });

  it("holds a wish to what it came to until its time is over, and knows it afterwards", () => {
    const pin = aPin("web", "https://x.example", "^1");
    const before = createChartPins({ pins: [pin], intervalMs: 1000, nowMs: nowMs + 999 });
    expect(before.find(pin)).toEqual(pin);
    expect(before.find({ ...pin, version: "^2" })).toBeUndefined();
    const after = createChartPins({ pins: [pin], intervalMs: 1000, nowMs: nowMs + 1000 });
    expect(after.find(pin)).toBeUndefined();
    expect(after.last(pin)).toEqual(pin);
  });

  it("holds it for ever where there is no interval", () => {
    const pin = aPin("web", "https://x.example", "^1");
    const pins = createChartPins({ pins: [pin], intervalMs: 0, nowMs: nowMs * 2 });
    expect(pins.find(pin)).toEqual(pin);
    expect(pins.dueInMs(pin)).toBeUndefined();
  });
});
