import { describe, expect, it } from "vitest";
import { parseJsonPath } from "../../../../apiserver/resources/json-path.ts";

const object = {
  spec: {
    replicas: 3,
    "dotted.key": "d",
    list: [
      { name: "a", on: true },
      { name: "b", on: false },
    ],
  },
  status: {
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Stalled", status: "False" },
    ],
  },
};

const cases = [
  { path: ".spec.replicas", values: [3] },
  { path: "{.spec.replicas}", values: [3] },
  { path: "$.spec.replicas", values: [3] },
  { path: ".spec.missing.deeper", values: [] },
  { path: ".spec.list[0].name", values: ["a"] },
  { path: ".spec.list[-1].name", values: ["b"] },
  { path: ".spec.list[*].name", values: ["a", "b"] },
  { path: ".spec.dotted\\.key", values: ["d"] },
  { path: ".spec['dotted.key']", values: ["d"] },
  { path: '.status.conditions[?(@.type=="Ready")].status', values: ["True"] },
  { path: ".status.conditions[?(@.type!='Ready')].status", values: ["False"] },
  { path: ".spec.list[?(@.on==true)].name", values: ["a"] },
] as const;

describe("parseJsonPath", () => {
  it.for(cases)("reads $path", ({ path, values }) => {
    expect(parseJsonPath(path)(object)).toEqual(values);
  });

  it.for([".spec[", ".spec[?(@.a=~1)]", ".a]b["])("refuses %s", (path) => {
    expect(() => parseJsonPath(path)).toThrowError(SyntaxError);
  });
});
