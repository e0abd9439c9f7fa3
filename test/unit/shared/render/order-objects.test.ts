import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import { applyStages, orderObjects } from "../../../../shared/render/order-objects.ts";

const kinds = [
  "ValidatingWebhookConfiguration",
  "APIService",
  "Widget",
  "Deployment",
  "Alpha",
  "Service",
  "CustomResourceDefinition",
  "ConfigMap",
  "Namespace",
  "Role",
];

describe("orderObjects", () => {
  it("follows Helm's install order and puts kinds that it does not know last, by name", () => {
    expect(orderObjects(kinds.map(anObject)).map(({ kind }) => kind)).toEqual([
      "Namespace",
      "ConfigMap",
      "CustomResourceDefinition",
      "Role",
      "Service",
      "Deployment",
      "APIService",
      "ValidatingWebhookConfiguration",
      "Alpha",
      "Widget",
    ]);
  });

  it("keeps the order of objects of one kind", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds)), (list) => {
        const objects = list.map(anObject);
        for (const kind of kinds) {
          const names = (all: readonly KubeObject[]): unknown[] =>
            all.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
          expect(names(orderObjects(objects))).toEqual(names(objects));
        }
      }),
    );
  });
});

describe("applyStages", () => {
  it("puts namespaces and definitions first, what workloads use next, and webhooks last", () => {
    const stages = applyStages(orderObjects(kinds.map(anObject)));
    expect(stages.map((stage) => stage.map(({ kind }) => kind))).toEqual([
      ["Namespace", "CustomResourceDefinition"],
      ["ConfigMap", "Role"],
      ["Service", "Deployment", "Alpha", "Widget"],
      ["APIService", "ValidatingWebhookConfiguration"],
    ]);
  });

  it("has no empty stages and loses nothing", () => {
    expect(applyStages([])).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds)), (list) => {
        const stages = applyStages(list.map(anObject));
        expect(stages.every((stage) => stage.length > 0)).toBe(true);
        expect(stages.flat()).toHaveLength(list.length);
      }),
    );
  });
});

function anObject(kind: string, index: number): KubeObject {
  return { apiVersion: "v1", kind, metadata: { name: `n${index}` } };
}
