import { describe, expect, it } from "vitest";

import { parseFirstYaml } from "../../../../codec/parse-yaml.ts";
import type { ValuePath } from "../../../../shared/bundle/decode-lenient.ts";
import { locateValue } from "../../../../shared/bundle/locate-value.ts";
import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";

function placeOf(text: string, path: ValuePath): readonly [number | undefined, number | undefined] {
  const { line, column } = locateValue(parseFirstYaml(text), path, "fleet.yaml");
  return [line, column];
}

describe("locateValue", () => {
  it.each<[string, ValuePath, readonly [number, number]]>([
    ["helm:\n  values:\n    a: 1\n", ["helm", "values", "a"], [3, 5]],
    ["\nHelm:\n  VALUES:\n    a: 1\n", ["helm", "values", "a"], [4, 5]],
    [
      "TargetCustomizations:\n- Yaml:\n    Overlays: [nope]\n",
      ["targetCustomizations", 0, "yaml", "overlays", 0],
      [3, 16],
    ],
    ["helm:\n  chart: a\nHelm:\n  Values: {a: 1}\n", ["helm", "values", "a"], [4, 12]],
    ["Helm: {chart: b}\nhelm: {chart: a}\n", ["helm", "chart"], [2, 8]],
    ["\nHelm:\n  chart: a\n", ["helm", "values", "a"], [2, 1]],
    ["\nHelm:\n", ["helm", "values"], [2, 1]],
    ["", ["helm"], [1, 1]],
  ])("finds in %j the value at %j", (text, path, place) => {
    expect(placeOf(text, path)).toEqual(place);
  });

  it("places warnings and faults of keys in any letter case", () => {
    const { warnings } = readFleetYaml("# a\nnamespace: b\n\nHelm:\n  Values:\n    host: ${NAME}\n", "a/fleet.yaml");
    expect(warnings).toMatchObject([
      { code: "TEMPLATE_SUSPECT", position: { file: "a/fleet.yaml", line: 6, column: 5 } },
    ]);
    expect(() => readFleetYaml("# a\ndependson:\n- {}\n", "a/fleet.yaml")).toThrow(/^a\/fleet\.yaml:3:3: /u);
  });
});
