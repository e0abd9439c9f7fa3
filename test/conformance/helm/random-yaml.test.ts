import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { compareCases } from "./compare-cases.ts";
import { randomYamlTexts } from "./random-yaml.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

describe.skipIf(!isThere)("random YAML texts", () => {
  it.each([21, 22])("are read as Helm reads them, or refused with its words (seed %i)", async (seed) => {
    const cases = randomYamlTexts(seed, 1500).map(
      (text, index) => `{{ ${index % 2 === 0 ? "fromYaml" : "fromYamlArray"} ${JSON.stringify(text)} | toYaml }}`,
    );
    const { differences, equal } = await compareCases({ cases, values: {} }, 0);
    expect(differences).toEqual([]);
    expect(equal).toBe(cases.length);
  });
});
