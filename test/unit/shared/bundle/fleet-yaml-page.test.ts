import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/spec/fleet-yaml.md"), "utf8");

describe("docs/spec/fleet-yaml.md", () => {
  it("has an example that is read without a warning", () => {
    const example = /```yaml\n(?<text>.*?)```/su.exec(page)?.groups?.["text"] ?? "";
    const { options, warnings } = readFleetYaml(example, "fleet.yaml");
    expect(warnings).toEqual([]);
    expect(Object.keys(options).length).toBeGreaterThan(3);
  });
});
