import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createHubSchemas, schemaName } from "../../../../bundler/api/kind-schema.ts";

const spec = z.looseObject({
  name: z.string().describe("What it is called."),
  count: z.number().int().exactOptional(),
  mode: z.enum(["a", "b"]).exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  anything: z.unknown().exactOptional(),
  parts: z.array(z.object({ on: z.boolean() })).exactOptional(),
});

describe("createHubSchemas", () => {
  const kind = createHubSchemas([{ kind: "Thing", description: "A thing.", spec, status: z.looseObject({}) }]).forKind(
    "fleet.cattle.io",
    "v1alpha1",
    "Thing",
  );
  const text = JSON.stringify(kind?.root);

  it("gives each field type and description in the structural form of definitions", () => {
    expect(schemaName("Thing")).toBe("io.cattle.fleet.v1alpha1.Thing");
    const made = kind?.root.properties?.["spec"];
    expect(made).toMatchObject({
      type: "object",
      required: ["name"],
      "x-kubernetes-preserve-unknown-fields": true,
      properties: {
        name: { type: "string", description: "What it is called." },
        count: { type: "integer" },
        mode: { type: "string", enum: ["a", "b"] },
        labels: { type: "object", additionalProperties: { type: "string" } },
        anything: { "x-kubernetes-preserve-unknown-fields": true },
        parts: { type: "array", items: { type: "object", properties: { on: { type: "boolean" } } } },
      },
    });
  });

  it("leaves no word of JSON Schema that Kubernetes does not know", () => {
    expect(text).not.toMatch(/\$schema|"const"|"additionalProperties":\{\}|"propertyNames"/u);
  });
});
