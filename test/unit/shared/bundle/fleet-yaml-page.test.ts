import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";
import { warningCodes } from "../../../../shared/bundle/warning.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/spec/fleet-yaml.md"), "utf8");

describe("docs/spec/fleet-yaml.md", () => {
  it("has an example that is read without a warning", () => {
    const example = /```yaml\n(?<text>.*?)```/su.exec(page)?.groups?.["text"] ?? "";
    const { options, warnings } = readFleetYaml(example, "fleet.yaml");
    expect(warnings).toEqual([]);
    expect(options.targetCustomizations).toHaveLength(2);
  });

  it("names only warnings that exist", () => {
    const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/gu)].map(([, code = ""]) => code);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((code) => !(code in warningCodes))).toEqual([]);
  });
});
