import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { brokenYamlCases, chartfileCases, contentCases, templateCases } from "./cases/lint-cases.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";
import { writeChart } from "./write-chart.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));
const charts = join(import.meta.dirname, "../../fixtures/charts");

describe.skipIf(!isThere)("drover helm lint", () => {
  it.each([...chartfileCases, ...contentCases, ...templateCases])(
    "prints what helm lint prints: $name",
    async ({ files, flags = [] }) => {
      await using folder = await createTempDir("lint");
      await writeChart(join(folder.path, "c"), files);
      const call = ["lint", "c", ...flags];
      const [ours, theirs] = await Promise.all([runDroverHelm(call, folder.path), runRealHelm(call, folder.path)]);
      expect(ours).toEqual(theirs);
    },
  );

  it.each(brokenYamlCases)("finds broken YAML where helm lint does: $name", async ({ files }) => {
    await using folder = await createTempDir("lint");
    await writeChart(join(folder.path, "c"), files);
    const call = ["lint", "c"];
    const [ours, theirs] = await Promise.all([runDroverHelm(call, folder.path), runRealHelm(call, folder.path)]);
    const reason = /(?<=error converting YAML to JSON: yaml: ).*/gu;
    expect(theirs.stdout).toMatch(reason);
    expect({ ...ours, stdout: ours.stdout.replaceAll(reason, "…") }).toEqual({
      ...theirs,
      stdout: theirs.stdout.replaceAll(reason, "…"),
    });
  });

  it.each([
    [...readdirSync(charts)],
    ["plain", "nowhere", "tree/charts/packed-2.0.0.tgz", "--quiet"],
    ["tree", "--with-subcharts", "--strict"],
    ["nowhere.tgz", "plain/values.yaml"],
    ["plain", "-f", "plain/ci/nulls-values.yaml", "--set", "replicas=3"],
  ])("prints what helm lint prints of %s %s %s %s", async (...words) => {
    const call = ["lint", ...words];
    const [ours, theirs] = await Promise.all([runDroverHelm(call, charts), runRealHelm(call, charts)]);
    expect(ours).toEqual(theirs);
  });
});
