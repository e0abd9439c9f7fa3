import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareBytes, printGoJson, printGoValue, quoteGoString } from "../../../../apiserver/resources/go-text.ts";

describe("text as Go prints it", () => {
  it.each([
    ["plain", '"plain"'],
    ['q"\\', '"q\\"\\\\"'],
    ["\n\t\u0007\0", '"\\n\\t\\a\\x00"'],
    ["é世😀", '"é世😀"'],
    ["\u200b\ufeff", '"\\u200b\\ufeff"'],
  ])("quotes %j", (text, quoted) => {
    expect(quoteGoString(text)).toBe(quoted);
  });

  it("escapes JSON for HTML and sorts fields", () => {
    expect(printGoJson({ b: "<&>\u2028", a: [1, null, true, 2n] })).toBe(
      '{"a":[1,null,true,2],"b":"\\u003c\\u0026\\u003e\\u2028"}',
    );
  });

  it("prints values as %v does", () => {
    expect(printGoValue({ b: ["x", 1], a: null })).toBe("map[a:<nil> b:[x 1]]");
  });

  it("compares by bytes, surrogates included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (left, right) => {
        expect(Math.sign(compareBytes(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
    expect(compareBytes("\u{1f600}", "\uffee")).toBe(1);
  });
});
