import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { randomChart } from "./random-chart.ts";
import { type HelmOutcome, runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

async function outcomes(seed: number): Promise<{ readonly ours: HelmOutcome; readonly theirs: HelmOutcome }> {
  await using folder = await createTempDir("random-chart");
  const { files, words } = randomChart(seed);
  for (const { name, data } of files) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), data);
  }
  const [ours, theirs] = await Promise.all([runDroverHelm(words, folder.path), runRealHelm(words, folder.path)]);
  return { ours, theirs };
}

describe.skipIf(!isThere)("random trees of charts with random values", () => {
  // Each is a run of helm by itself.
  it.each([2000, 3000])(
    "are rendered as Helm renders them, or refused (seed %i)",
    { timeout: 60_000 },
    async (seed) => {
      let rendered = 0;
      for (let index = 0; index < 30; index++) {
        const { ours, theirs } = await outcomes(seed + index);
        expect(ours, `seed ${seed + index}`).toEqual(theirs);
        if (theirs.fault === "") rendered++;
      }
      expect(rendered).toBeGreaterThan(15);
      expect(rendered).toBeLessThan(30);
    },
  );
});
