import { describe, expect, it } from "vitest";

import { buildCommit } from "../../../../bundler/build/build-commit.ts";
import { nameOf } from "../../../../bundler/build/bundle-names.ts";
import { buildBundles } from "../../../../shared/bundle/build-bundles.ts";
import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";
import { memoryCommit } from "../../../support/memory-commit.ts";

const options = { name: "repo", namespace: "fleet-default" };
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

describe("a name, label or annotation that no Bundle can have", () => {
  it("is warned of where it stands", () => {
    const long = "x".repeat(70);
    const text = `# a\nName: Bad_Name.${long.repeat(4)}\nlabels:\n  bad key/x/y: ${long}\n  good: a_B\nannotations:\n  a b: x y\n  Good.Example/A: "\\u0001"\n`;
    const { warnings } = readFleetYaml(text, "a/fleet.yaml");
    expect(warnings.map(({ code, position: { line, column } }) => [code, line, column])).toEqual([
      ["METADATA_INVALID", 2, 1],
      ["METADATA_INVALID", 4, 3],
      ["METADATA_INVALID", 4, 3],
      ["METADATA_INVALID", 7, 3],
    ]);
    expect(warnings[0]?.message).toMatch(/^name "Bad_Name\.x+…" \(289 characters\) must be at most 253 lower-case/u);
  });

  it.each(["a", "a.b-c", "x".repeat(253)])("is none of the names that a Bundle can have: %s", (name) => {
    expect(readFleetYaml(`name: ${name}\n`, "fleet.yaml").warnings).toEqual([]);
  });

  it("stops its directory in the hub, not the others, and stays as it is without a hub", async () => {
    const tree = memoryCommit(
      {
        "a/fleet.yaml": "namespace: a\nname: Bad_Name\n",
        "a/cm.yaml": configMap,
        "b/fleet.yaml": "namespace: b\n",
        "b/cm.yaml": configMap,
        [`${"Dir".repeat(50)}/cm.yaml`]: configMap,
      },
      new Map(),
    );
    const { bundles } = await buildCommit({ tree, options, scan: { paths: ["*"] } });
    const failed = bundles.filter(({ kind }) => kind === "failed");
    expect(failed).toMatchObject([
      {
        dir: { path: "a" },
        error: {
          code: "FLEET_YAML_INVALID",
          verdict: "stalled",
          position: { file: "a/fleet.yaml", line: 2, column: 1 },
        },
      },
    ]);
    expect(bundles.map(nameOf)).toContain("repo-b");
    expect(bundles).toHaveLength(3);
    const offline = buildBundles({ tree }, { paths: ["*"] }, options);
    expect(offline.failed).toEqual([]);
    expect(offline.bundles.map(({ bundle }) => bundle.metadata.name)).toContain("Bad_Name");
  });
});
