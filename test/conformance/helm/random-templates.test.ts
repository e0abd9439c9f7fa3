import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { compareCases } from "./compare-cases.ts";
import { randomValues } from "./random-expressions.ts";
import { TemplateGenerator } from "./random-template.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

/** The partial that random templates call; each case brings its own, since cases are rendered alone by our engine. */
const help = '{{- define "help" }}<{{ . }}:{{ kindOf . }}>{{ end -}}';

describe.skipIf(!isThere)("random templates", () => {
  it.each([11, 12, 13, 14])("render to Helm's bytes, or fail with Helm's words (seed %i)", async (seed) => {
    const generator = new TemplateGenerator(seed);
    const cases = Array.from({ length: 500 }, () => help + generator.next());
    const { differences, equal } = await compareCases({ cases, values: randomValues }, 8);
    expect(differences).toEqual([]);
    expect(equal).toBeGreaterThan(300);
  });
});
