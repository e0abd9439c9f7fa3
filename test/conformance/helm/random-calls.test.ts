import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { compareCases } from "./compare-cases.ts";
import { randomCalls } from "./random-calls.ts";
import { randomValues } from "./random-expressions.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

describe.skipIf(!isThere)("random calls of every function, with arguments that suit and that do not", () => {
  // Each case that fails is a run of helm by itself.
  it.each([31, 32])("give Helm's bytes, or fail with its words (seed %i)", { timeout: 120_000 }, async (seed) => {
    const cases = randomCalls(seed, 1500);
    const { differences, equal, refused } = await compareCases({ cases, values: randomValues }, 12);
    expect(differences).toEqual([]);
    expect(equal).toBeGreaterThan(150);
    expect(refused).toBe(12);
  });
});
