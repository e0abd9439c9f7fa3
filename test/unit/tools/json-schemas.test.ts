import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { jsonSchemas } from "../../../tools/json-schemas.ts";

const folder = join(import.meta.dirname, "../../../docs/reference/schemas");

describe("the JSON Schemas for editors", () => {
  it("are those of the code (run `node tools/write-json-schemas.ts` after a change)", () => {
    const written = readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]);
    expect(Object.fromEntries(written)).toEqual(jsonSchemas());
  });

  it("describe fields and mark keys of a fleet.yaml that nobody reads", () => {
    const schema: unknown = JSON.parse(jsonSchemas()["fleet-yaml.json"] ?? "");
    expect(schema).toMatchObject({
      title: "fleet.yaml",
      type: "object",
      additionalProperties: false,
      properties: { paused: { type: "boolean", description: expect.stringContaining("Default false") } },
    });
  });

  it("leave kinds open, as the API server takes them", () => {
    expect(JSON.parse(jsonSchemas()["git-repo.json"] ?? "")).toMatchObject({
      properties: { kind: { const: "GitRepo" } },
      additionalProperties: {},
    });
  });
});
