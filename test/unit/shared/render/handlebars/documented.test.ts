import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type JsonObject, isJsonObject } from "../../../../../codec/json-value.ts";
import { parseYaml } from "../../../../../codec/parse-yaml.ts";
import { templateHelpers } from "../../../../../shared/render/handlebars/template-helpers.ts";
import { renderObjects } from "../../../../../shared/render/render-objects.ts";
import { anInput } from "../an-input.ts";

const page = await readFile(join(import.meta.dirname, "../../../../../docs/spec/handlebars.md"), "utf8");

describe("docs/spec/handlebars.md", () => {
  it("lists exactly the helpers that there are", () => {
    const table = page.slice(page.indexOf("## Helpers"), page.indexOf("## Limits"));
    const rows = table.split("\n").filter((line) => line.startsWith("| `"));
    const names = rows.flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`(\w+)/g)].map(([, name]) => name));
    expect(new Set(names)).toEqual(new Set(Object.keys(templateHelpers)));
  });

  it("shows a template that renders with the values beside it", () => {
    const template = /```handlebars\n(.*?)```/s.exec(page)?.[1] ?? "";
    const values: JsonObject = { ...valuesOf(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? ""), selector: { app: "web" } };
    const { objects } = renderObjects(anInput({ "service.yaml.hbs": template }, { handlebars: { values } }));
    expect(objects).toEqual([
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "demo", namespace: "default", labels: { region: "none" } },
        spec: { ports: [{ name: "http", port: 80 }], selector: { app: "web" } },
      },
    ]);
  });
});

function valuesOf(fleetYaml: string): JsonObject {
  const root = parseYaml(fleetYaml)[0]?.value;
  const block = isJsonObject(root) ? root["handlebars"] : undefined;
  const values = isJsonObject(block) ? block["values"] : undefined;
  return isJsonObject(values) ? values : {};
}
