import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadChartArchive } from "../../../helm/chart/load-chart.ts";
import { type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { addressed, type DependencyCase, equalCases, failingCases } from "./dependency-cases.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";
import { writeChart } from "./write-chart.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

let server: ChartServer;

beforeAll(async () => {
  server = await startChartServer({ pageSize: 3 });
  for (const version of ["0.9.0", "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "2.0.0+build.5"])
    server.add("web", version);
  server.add("db", "3.1.0");
});

afterAll(async () => server[Symbol.asyncDispose]());

/** Files of a chart with their bytes; of lock files all but the time, of archives that Helm packs itself what is in them. */
async function contentOf(folder: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    const path = join(folder, name);
    if (!(await stat(path)).isFile()) continue;
    const bytes = await readFile(path);
    if (name.endsWith(".lock")) found[name] = bytes.toString("utf8").replace(/^generated: .*$/mu, "generated: then");
    else if (/(?:lib|old)-[\d.]+\.tgz$/u.test(name)) found[name] = loadChartArchive(bytes);
    else found[name] = bytes.toString("base64");
  }
  return found;
}

async function runBoth({ files, words, before = [], isKnown = false }: DependencyCase) {
  await using folder = await createTempDir("dependencies");
  const places = ["ours", "theirs"].map((name) => join(folder.path, name));
  for (const place of places) {
    const texts = Object.entries(files).map(([name, text]) => [name, addressed(text, server)] as const);
    await writeChart(place, { ...Object.fromEntries(texts), "Chart.yaml": "" });
  }
  const home = join(folder.path, "home");
  await mkdir(home);
  const known = `apiVersion: ""\nrepositories: [{name: known, url: "${server.url}/repo/"}]\n`;
  // Helm asks all repositories that it knows at each update, Drover those that are meant.
  if (isKnown) await writeFile(join(home, "repositories.yaml"), known);
  const variables = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, HOME: home };
  const [ours = "", theirs = ""] = places;
  const calls = [...before, words].map((call) => ["dependency", ...call]);
  for (const call of calls.slice(0, -1)) {
    await runDroverHelm(call, ours, variables);
    await runRealHelm(call, theirs, variables);
  }
  const last = calls.at(-1) ?? [];
  const said = await runDroverHelm(last, ours, variables);
  const real = await runRealHelm(last, theirs, variables);
  return { ours: { ...said, files: await contentOf(ours) }, theirs: { ...real, files: await contentOf(theirs) } };
}

describe.skipIf(!isThere)("drover helm dependency", () => {
  it.each(equalCases)("does what helm does: $name", async (one) => {
    const { ours, theirs } = await runBoth(one);
    expect(ours.files).toEqual(theirs.files);
    expect(ours).toEqual(theirs);
  });

  it.each(failingCases)("fails with helm's words: $name", async (one) => {
    const { ours, theirs } = await runBoth(one);
    expect(theirs.fault).not.toBe("");
    expect(ours.fault).toBe(theirs.fault);
  });
});
