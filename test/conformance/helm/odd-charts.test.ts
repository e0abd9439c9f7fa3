import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { oddCharts } from "./odd-chart-cases.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";
import { goodChartfile } from "./write-chart.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

describe.skipIf(!isThere)("a chart that is odd in one way", () => {
  it.each(oddCharts)("is rendered as Helm renders it, or refused with its words: $name", async (odd) => {
    await using folder = await createTempDir("odd-chart");
    for (const [name, data] of Object.entries({ "Chart.yaml": goodChartfile, ...odd.files })) {
      await mkdir(dirname(join(folder.path, name)), { recursive: true });
      await writeFile(join(folder.path, name), data);
    }
    for (const [name, target] of Object.entries(odd.links ?? {})) await symlink(target, join(folder.path, name));
    const call = ["template", "rel", ".", ...(odd.flags ?? [])];
    const [ours, theirs] = await Promise.all([runDroverHelm(call, folder.path), runRealHelm(call, folder.path)]);
    expect(ours).toEqual(theirs);
  });
});
