import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { labelKeyProblems, labelValueProblems, subdomainProblems } from "../../../apiserver/resources/name-rules.ts";
import { isLabelKey, isLabelValue, isSubdomain } from "../../../shared/metadata-rules.ts";

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "Z", "0", "-", "_", ".", "/", "é"), maxLength: 6 }),
  fc.constantFrom(62, 63, 64, 252, 253, 254).map((length) => "a".repeat(length)),
);

describe("the rules for names and labels", () => {
  it("are those of the hub's API", () => {
    const texts = fc.oneof(
      text,
      fc.tuple(text, text).map((parts) => parts.join("/")),
    );
    fc.assert(
      fc.property(texts, (value) => {
        expect(isSubdomain(value)).toBe(subdomainProblems(value).length === 0);
        expect(isLabelKey(value)).toBe(labelKeyProblems(value).length === 0);
        expect(isLabelValue(value)).toBe(labelValueProblems(value).length === 0);
      }),
      { numRuns: 2000 },
    );
  });
});
