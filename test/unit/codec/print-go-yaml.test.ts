import { describe, expect, it } from "vitest";
import { compareGoKeys } from "../../../codec/compare-go-keys.ts";
import { formatGoFloat } from "../../../codec/go-float.ts";
import { isGoTimestamp } from "../../../codec/is-go-timestamp.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
// Printed by sigs.k8s.io/yaml v1.6.0.
import vectors from "./go-yaml-vectors.json" with { type: "json" };

describe("printGoYaml", () => {
  it.each(vectors.map(({ value, yaml }) => ({ value, yaml, name: JSON.stringify(value).slice(0, 40) })))(
    "prints $name byte for byte as sigs.k8s.io/yaml does",
    ({ value, yaml }) => {
      expect(printGoYaml(value)).toBe(yaml);
    },
  );

  it("prints integers of 64 bits as digits and larger ones as floats", () => {
    expect(
      printGoYaml([9223372036854775807n, -9223372036854775808n, 18446744073709551615n, 18446744073709551616n]),
    ).toBe("- 9223372036854775807\n- -9223372036854775808\n- 18446744073709551615\n- 1.8446744073709552e+19\n");
  });

  it("leaves out members that are undefined", () => {
    expect(printGoYaml({ a: undefined, b: { c: undefined } })).toBe("b: {}\n");
  });
});

describe("compareGoKeys", () => {
  it("orders numbers in keys by their value and letters after other characters", () => {
    const keys = ["b", "a10", "a9", "a-b", "ab", "A", "10", "9", "_", "a01", "a1", "x1y10", "x1y2"];
    expect(keys.toSorted(compareGoKeys)).toEqual("_ 9 10 A a-b a1 a01 a9 a10 ab b x1y2 x1y10".split(" "));
  });
});

describe("formatGoFloat", () => {
  it.each([
    { value: 1e6, bits: 64, text: "1e+06" },
    { value: 123456.5, bits: 64, text: "123456.5" },
    { value: 0.0001, bits: 64, text: "0.0001" },
    { value: 0.00001, bits: 64, text: "1e-05" },
    { value: 1.1, bits: 32, text: "1.1" },
    { value: 123456789.5, bits: 32, text: "1.2345679e+08" },
    { value: 1e300, bits: 32, text: "+Inf" },
    { value: -0, bits: 64, text: "-0" },
  ] as const)("prints $value as Go prints a float$bits", ({ value, bits, text }) => {
    expect(formatGoFloat(value, { bits })).toBe(text);
  });

  it("uses an exponent only from 1e+21 on where Go's %v does", () => {
    expect([1e6, 1e20, 1e21].map((value) => formatGoFloat(value, { bits: 64, exponentFrom: 21 }))).toEqual([
      "1000000",
      "100000000000000000000",
      "1e+21",
    ]);
  });
});

describe("isGoTimestamp", () => {
  it.each([
    "2001-01-01",
    "2001-1-2",
    "2001-01-01 1:2:3.5",
    "2001-01-01T10:20:30Z",
    "2001-01-01t10:20:30.1+01:00",
    "2024-02-29",
  ])("takes %s for a timestamp", (text) => {
    expect(isGoTimestamp(text)).toBe(true);
  });

  it.each([
    "2001-13-01",
    "2023-02-29",
    "2001-01-01T25:00:00Z",
    "2001-01-01T10:20:30",
    "2001-01",
    "12001-01-01",
    "2001-01-01 x",
  ])("does not take %s for a timestamp", (text) => {
    expect(isGoTimestamp(text)).toBe(false);
  });
});
