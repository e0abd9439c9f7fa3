import { describe, expect, it } from "vitest";
import { addFleetMarks, fleetSetId } from "../../../../shared/render/fleet-marks.ts";

describe("addFleetMarks", () => {
  it("adds the set's id and its SHA-1 to what an object has", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", labels: { mine: "1" } } };
    expect(addFleetMarks([object], "fleet-local/test")[0]?.metadata).toEqual({
      name: "a",
      labels: { mine: "1", "objectset.rio.cattle.io/hash": "c0fae66aeeea5c9703d7410307d74609c272103d" },
      annotations: { "objectset.rio.cattle.io/id": "-test" },
    });
  });
});

describe("fleetSetId", () => {
  it("shortens long names with a hash and knows Fleet's own agent", () => {
    expect(fleetSetId("w/fleet-agent-local")).toBe("fleet-agent-bootstrap");
    expect(fleetSetId(`w/${"a".repeat(62)}`)).toBe(`-${"a".repeat(62)}`);
    expect(fleetSetId(`w/${"a".repeat(63)}`)).toMatch(/^-a{56}-[0-9a-f]{5}$/);
    expect(fleetSetId(`w/${"a".repeat(55)}-${"b".repeat(20)}`)).toMatch(/^-a{55}-[0-9a-f]{6}$/);
  });
});
