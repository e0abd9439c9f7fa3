import { describe, expect, it } from "vitest";
import { renderObjects } from "../../../../shared/render/render-objects.ts";
import { releaseOf } from "../../../../shared/render/release-of.ts";
import { anInput, manifest } from "./an-input.ts";

describe("releaseOf", () => {
  it("names the release after the bundle where releaseName is missing or empty", () => {
    expect(releaseOf("ws/demo-app", {}).name).toBe("demo-app");
    expect(releaseOf("ws/demo-app", { helm: { releaseName: "" } }).name).toBe("demo-app");
    expect(releaseOf("ws/demo-app", { helm: { releaseName: "own" } }).name).toBe("own");
  });
});

describe("checkRelease", () => {
  it.each(["r_x", "Rel", "r".repeat(54)])("refuses %s also for plain YAML, as Fleet does", (releaseName) => {
    const input = anInput({ "a.yaml": manifest("ConfigMap", "a") }, { helm: { releaseName } });
    expect(() => renderObjects(input)).toThrow(expect.objectContaining({ code: "CHART_FAILED" }));
  });
});
