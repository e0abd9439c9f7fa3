import { describe, expect, it } from "vitest";
import { canonicalQuantity, parseQuantity } from "../../../../apiserver/resources/quantity.ts";

describe("canonicalQuantity", () => {
  // As kube-apiserver 1.36 answers.
  it.each([
    ["1000m", "1"],
    ["0.5", "500m"],
    ["1.5Gi", "1536Mi"],
    ["1024Mi", "1Gi"],
    ["2048Ki", "2Mi"],
    ["1.500", "1.500"],
    ["0.100", "100m"],
    ["1e3", "1e3"],
    ["1000", "1k"],
    ["0", "0"],
    ["0.5Ki", "512"],
    ["12000M", "12G"],
    ["1e2", "100"],
    ["0.1Ki", "102400m"],
    ["1023Ki", "1023Ki"],
    [1, "1"],
    [0.5, "500m"],
  ])("prints %j as %j", (written, printed) => {
    expect(canonicalQuantity(written)).toBe(printed);
  });

  it("rounds up to thousandths where asked", () => {
    expect([canonicalQuantity("0.0001n", "milli"), canonicalQuantity("1.23456789", "milli")]).toEqual(["1m", "1235m"]);
  });

  it.each(["", "abc", "1e3k", "1.2.3", "--1"])("leaves %j, which is none, alone", (text) => {
    expect([canonicalQuantity(text), parseQuantity(text)]).toEqual([text, undefined]);
  });
});
