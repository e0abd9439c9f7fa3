import { describe, expect, it } from "vitest";
import { firstRelease, releaseFactsOf } from "../../../../shared/render/release-facts.ts";

describe("releaseFactsOf", () => {
  it("is a first install until a deployment was applied whole, however many were tried", () => {
    expect(releaseFactsOf(undefined, "a")).toEqual(firstRelease);
    expect(releaseFactsOf(undefined, "b")).toEqual({ revision: 1, isUpgrade: false });
  });

  it("says the same of what was applied ever after, and counts on for anything else", () => {
    const first = { deploymentId: "a", ...releaseFactsOf(undefined, "a") };
    expect(releaseFactsOf(first, "a")).toEqual({ revision: 1, isUpgrade: false });
    const second = { deploymentId: "b", ...releaseFactsOf(first, "b") };
    expect(second).toMatchObject({ revision: 2, isUpgrade: true });
    expect(releaseFactsOf(second, "b")).toEqual({ revision: 2, isUpgrade: true });
    // Back to what was there before is one more.
    expect(releaseFactsOf(second, "a")).toEqual({ revision: 3, isUpgrade: true });
  });
});
