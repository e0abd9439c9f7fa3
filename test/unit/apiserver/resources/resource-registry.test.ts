import { describe, expect, it } from "vitest";
import { compareVersions, createResourceRegistry } from "../../../../apiserver/resources/resource-registry.ts";
import type { ReviewDefinition } from "../../../../apiserver/resources/resource-definition.ts";

function aKind(group: string, version: string, plural: string): ReviewDefinition {
  const kind = plural.slice(0, -1);
  const names = {
    group,
    version,
    plural,
    singular: kind,
    kind,
    listKind: `${kind}list`,
    shortNames: [],
    categories: [],
    namespaced: true,
  };
  return { type: "review", names, answer: async (object) => object };
}

describe("resource registry", () => {
  it("orders versions as Kubernetes prefers them", () => {
    const versions = ["foo", "v1alpha1", "v10", "v2beta2", "v1", "v2", "v2beta1", "v3alpha2", "bar"];
    expect(versions.toSorted(compareVersions)).toEqual([
      "v10",
      "v2",
      "v1",
      "v2beta2",
      "v2beta1",
      "v3alpha2",
      "v1alpha1",
      "bar",
      "foo",
    ]);
  });

  it("serves what was added and not what was removed", () => {
    const registry = createResourceRegistry([
      aKind("a.example.com", "v1", "things"),
      aKind("a.example.com", "v2beta1", "things"),
    ]);
    const before = registry.revision();
    registry.remove("a.example.com", "v1", "things");
    expect(registry.find("a.example.com", "v1", "things")).toBeUndefined();
    expect(registry.findPreferred("a.example.com", "things")?.names.version).toBe("v2beta1");
    expect(registry.revision()).toBeGreaterThan(before);
  });

  it("lists groups with the preferred version first", () => {
    const registry = createResourceRegistry([
      aKind("b", "v1beta1", "things"),
      aKind("b", "v1", "things"),
      aKind("", "v1", "pods"),
    ]);
    expect(registry.groups()).toEqual([
      { group: "", versions: ["v1"] },
      { group: "b", versions: ["v1", "v1beta1"] },
    ]);
  });
});
