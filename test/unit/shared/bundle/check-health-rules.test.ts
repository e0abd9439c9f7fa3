import { describe, expect, it } from "vitest";
import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";

const rule = (rest: string): string => `healthCheckExprs:\n- apiVersion: a.io/v1\n  kind: Db\n${rest}\n`;

describe("healthCheckExprs of a fleet.yaml", () => {
  it("are options of the bundle", () => {
    const { options, warnings } = readFleetYaml(rule("  current: status.phase == 'Ready'"), "db/fleet.yaml");
    expect(warnings).toEqual([]);
    expect(options.healthCheckExprs).toEqual([
      { apiVersion: "a.io/v1", kind: "Db", current: "status.phase == 'Ready'" },
    ]);
  });

  it.each([
    {
      name: "a plain expression",
      text: rule("  current: status.phase = 'Ready'"),
      message: 'db/fleet.yaml:4:25: healthCheckExprs[0].current: unexpected character "=" (column 14)',
    },
    {
      name: "an expression in quotes",
      text: rule(`  current: "foo(1)"`),
      message: "db/fleet.yaml:4:13: healthCheckExprs[0].current: there is no function foo() (column 1)",
    },
    {
      name: "a block of lines",
      text: rule("  current: |\n    has(status.phase) &&\n      status.phase = 'Ready'"),
      message: 'db/fleet.yaml:6:20: healthCheckExprs[0].current: unexpected character "=" (line 2, column 16)',
    },
    {
      name: "a folded block, by its key",
      text: rule("  failed: >-\n    has(status.phase) &&\n    status.phase = 'x'\n  current: 'true'"),
      message: 'db/fleet.yaml:4:3: healthCheckExprs[0].failed: unexpected character "=" (column 35)',
    },
    {
      name: "what is missing, all of it",
      text: "healthCheckExprs:\n- kind: Db\n",
      message:
        'db/fleet.yaml:2:3: healthCheckExprs[0]: it has no "apiVersion"; healthCheckExprs[0]: it has no "current"',
    },
    {
      name: "a customization",
      text: "targetCustomizations:\n- clusterName: a\n  healthCheckExprs:\n  - apiVersion: a/v1\n    kind: Db\n    current: (a",
      message:
        'db/fleet.yaml:6:16: targetCustomizations[0].healthCheckExprs[0].current: expected ")", found the end of the expression (column 3)',
    },
  ])("say where the fault is in $name", ({ text, message }) => {
    expect(() => readFleetYaml(text, "db/fleet.yaml")).toThrow(message);
  });
});
