import { describe, expect, it } from "vitest";

import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";

function warned(text: string): unknown {
  return readFleetYaml(text, "fleet.yaml").warnings.map(({ code, position, message }) => [
    code,
    position.line,
    position.column,
    /(?:did you mean|put|the key) \S+/u.exec(message)?.[0],
  ]);
}

const entry = "diff:\n  comparePatches:\n  - {apiVersion: v1, kind: Node, name: a,\n";

describe("texts of a fleet.yaml that are written wrongly", () => {
  it.each<[string, string, unknown]>([
    [
      "an operation",
      `${entry}     operations: [{op: remov, path: /a}]}\n`,
      [["VALUE_UNKNOWN", 4, 20, 'did you mean "remove"?']],
    ],
    ["a path", `${entry}     operations: [{op: remove, path: a}]}\n`, [["VALUE_UNKNOWN", 4, 32, 'put "/"']]],
    ["a pointer", `${entry}     jsonPointers: [/a, b/c]}\n`, [["VALUE_UNKNOWN", 4, 25, 'put "/"']]],
    [
      "a condition",
      "ignore:\n  conditions:\n  - tyoe: Ready\n    status: x\n    severity: z\n",
      [["KEY_UNKNOWN", 3, 5, 'did you mean "type"?']],
    ],
    [
      "keys that are booleans",
      'Helm:\n  values:\n    on: 1\n    "off": 1\n    list: [{No : 1}]\n',
      [
        ["KEY_UNKNOWN", 3, 5, "the key on"],
        ["KEY_UNKNOWN", 5, 13, "the key No"],
      ],
    ],
    ["no keys that are meant as booleans", 'helm: {values: {true: 1, "false": 1, once: 2}}\n', []],
  ])("are warned of where they stand: %s", (...[, text, expected]) => {
    expect(warned(text)).toEqual(expected);
  });
});
