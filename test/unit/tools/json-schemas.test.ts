import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { parseYaml } from "../../../codec/parse-yaml.ts";
import { schemaFaults } from "../../../helm/chart/schema-validator.ts";
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
      properties: { paused: { type: ["boolean", "null"], description: expect.stringContaining("Default false") } },
    });
  });

  it.each<[string, string]>([
    [
      "selectors wherever they stand",
      "dependsOn: [{selector: {matchLabels: {a: b}}}]\ntargetCustomizations:\n- {name: a, clusterSelector: {matchLabels: {env: prod}}}\n- clusterGroupSelector: {matchExpressions: [{key: env, operator: In, values: [a]}]}\nrolloutStrategy: {partitions: [{clusterSelector: {}}]}\n",
    ],
    [
      "references to values",
      "helm:\n  valuesFrom:\n  - {configMapKeyRef: {name: a, namespace: b, key: c}}\n  - secretKeyRef: {name: a}\n",
    ],
    ["keys without a value, as Fleet does", "helm: {values: , chart: }\ndependsOn:\ntargetCustomizations:\n"],
    ["numbers or shares in rollouts", "rolloutStrategy: {maxUnavailable: 1, maxUnavailablePartitions: 10%}\n"],
  ])("take %s", (_, text) => {
    expect(faultsOf(text)).toBe("");
  });

  it.each<[string, string]>([
    ["labels without matchLabels", "targetCustomizations: [{clusterSelector: {env: prod}}]\n"],
    ["a key of another place", "helm: {namespace: web}\n"],
    ["a wrong type", "helm: {force: fal}\n"],
  ])("refuse %s", (_, text) => {
    expect(faultsOf(text)).not.toBe("");
  });

  it("leave kinds open, as the API server takes them", () => {
    expect(JSON.parse(jsonSchemas()["git-repo.json"] ?? "")).toMatchObject({
      properties: { kind: { const: "GitRepo" } },
      additionalProperties: {},
    });
  });
});

function faultsOf(text: string): string {
  return schemaFaults(jsonSchemas()["fleet-yaml.json"] ?? "", parseYaml(text)[0]?.value);
}
