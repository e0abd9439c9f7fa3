import { describe, expect, it } from "vitest";
import { builtInResources } from "../../../../apiserver/resources/built-in-resources.ts";
import { builtInDefinitions, builtInSchemas } from "../../../../apiserver/resources/built-in-schemas.ts";
import { createCustomRegistry } from "../../../../apiserver/resources/custom-resource-schema.ts";
import { resetFieldsFor } from "../../../../apiserver/resources/reset-fields.ts";
import { createSchemaRegistry } from "../../../../apiserver/resources/schema-registry.ts";

describe("built-in kinds", () => {
  it("have a schema for each resource that is stored", () => {
    const missing = builtInResources()
      .filter(({ verbs }) => verbs.includes("create") && verbs.includes("get"))
      .filter(({ group, version, kind }) => builtInSchemas().forKind(group, version, kind) === undefined);
    expect(missing).toEqual([]);
  });

  it("have schemas whose references all lead somewhere", () => {
    const registry = builtInSchemas();
    const references = JSON.stringify(builtInDefinitions()).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(900);
    for (const reference of new Set(references)) {
      expect(() => registry.resolve(JSON.parse(`{${reference}}`))).not.toThrow();
    }
  });

  it("are called as kubectl calls them", () => {
    const found = builtInResources().find(({ plural }) => plural === "deployments");
    expect(found).toMatchObject({
      group: "apps",
      singular: "deployment",
      shortNames: ["deploy"],
      categories: ["all"],
      namespaced: true,
    });
    expect(found?.subresources.map(({ name, kind }) => [name, kind.kind])).toEqual([
      ["scale", "Scale"],
      ["status", "Deployment"],
    ]);
  });
});

describe("createSchemaRegistry", () => {
  it("lets what stands beside a reference win", () => {
    const registry = createSchemaRegistry({ A: { type: "object", description: "of A" } });
    expect(registry.resolve({ allOf: [{ $ref: "#/components/schemas/A" }], description: "mine" })).toEqual({
      type: "object",
      description: "mine",
    });
  });

  it("throws for a reference that points nowhere", () => {
    expect(() => createSchemaRegistry({}).resolve({ $ref: "#/components/schemas/A" })).toThrow("points nowhere");
  });
});

describe("createCustomRegistry", () => {
  it("adds identity to the object and to resources embedded in it", () => {
    const embedded = {
      type: "object",
      "x-kubernetes-embedded-resource": true,
      properties: { spec: { type: "object" } },
    } as const;
    const versions = [{ version: "v1", schema: { type: "object", properties: { inner: embedded } } }];
    const registry = createCustomRegistry({ group: "a.b", kind: "C", versions, base: builtInSchemas() });
    const root = registry.forKind("a.b", "v1", "C")?.root;
    expect(Object.keys(root?.properties ?? {})).toEqual(["inner", "apiVersion", "kind", "metadata"]);
    expect(Object.keys(root?.properties?.["inner"]?.properties ?? {})).toEqual([
      "spec",
      "apiVersion",
      "kind",
      "metadata",
    ]);
    expect(registry.forKind("a.b", "v2", "C")).toBeUndefined();
    expect(registry.forKind("", "v1", "Pod")?.goStructs).toBe(true);
  });
});

describe("resetFieldsFor", () => {
  const deployments = { group: "apps", plural: "deployments", hasStatus: true, builtIn: true };

  it.each([
    { query: { ...deployments, subresource: "" }, paths: [["status"]] },
    { query: { ...deployments, subresource: "status" }, paths: [["spec"], ["metadata", "labels"]] },
    { query: { ...deployments, plural: "daemonsets", subresource: "status" }, paths: [["spec"]] },
    {
      query: { group: "a.b", plural: "cs", hasStatus: true, builtIn: false, subresource: "status" },
      paths: [["metadata"], ["spec"]],
    },
    { query: { group: "a.b", plural: "cs", hasStatus: false, builtIn: false, subresource: "" }, paths: [] },
  ])("keeps $paths from $query.plural/$query.subresource", ({ query, paths }) => {
    expect(resetFieldsFor(query)).toEqual(paths);
  });
});
