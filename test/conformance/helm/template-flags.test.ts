import { cp, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartArchive } from "../../support/chart-archive.ts";
import { type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";
import { writeChart } from "./write-chart.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));
const charts = join(import.meta.dirname, "../../fixtures/charts");
const credential = { username: "ann", password: "s3cret" };

let server: ChartServer;
let guarded: ChartServer;

beforeAll(async () => {
  [server, guarded] = await Promise.all([startChartServer(), startChartServer({ auth: credential })]);
  for (const one of [server, guarded]) {
    for (const version of ["1.0.0", "1.2.0", "2.0.0-rc.1"]) one.add("web", version, chartArchive("web", version));
  }
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

const own = ["plain"];
const login = ["--username", "ann", "--password", "s3cret"];

/** REPO, OCI and ARCHIVE stand for addresses, the same with G for those of a server that wants a credential. */
const calls: readonly (readonly string[])[] = [
  ["rel", ...own, "--generate-name"],
  ["-g", ...own],
  [...own, "--name-template", '{{ "Web" | lower }}-{{ add 1 2 }}'],
  ["rel", ...own, "--name-template", "x"],
  [...own, "--name-template", "{{ nope }}"],
  [...own, "--name-template", "{{ if }}"],
  [...own, "--name-template", '{{ fail "no" }}'],
  [...own, "--name-template", "{{ .x }}"],
  [...own, "--name-template", '{{ "A" }}'],
  ["rel", ...own, "more", "evenmore"],
  ["rel", ...own, "--labels", "a=b,c=d", "-l", "e=f"],
  ["rel", ...own, "--labels", "a=b,c"],
  ["rel", ...own, "--labels", "name=x"],
  ["rel", ...own, "--description", "text", "--create-namespace", "--disable-openapi-validation", "--replace"],
  ["rel", ...own, "--rollback-on-failure", "--server-side=false", "--skip-crds", "--take-ownership", "--wait-for-jobs"],
  ["rel", ...own, "--skip-crds", "--include-crds=true"],
  ["rel", ...own, "--wait", "--timeout", "5m", "--force-conflicts"],
  ["rel", ...own, "--wait=legacy", "--force-replace"],
  ["rel", ...own, "--wait=never"],
  ["rel", ...own, "--timeout", "soon"],
  ["rel", ...own, "--force-replace", "--force-conflicts"],
  ["rel", ...own, "--dry-run"],
  ["rel", ...own, "--dry-run=client"],
  ["rel", ...own, "--dry-run=true"],
  ["rel", ...own, "--dry-run=none"],
  ["rel", ...own, "--dry-run=false"],
  ["rel", ...own, "--dry-run=perhaps"],
  ["rel", ...own, "--no-hooks=false", "--skip-tests=true"],
  ["rel", ...own, "--enable-dns"],
  ["rel", ...own, "--output-dir", "out"],
  ["rel", ...own, "--output-dir", "out/deep/er", "--release-name", "--include-crds"],
  ["rel", ...own, "--output-dir", "./out", "--no-hooks"],
  ["rel", ...own, "--output-dir", "out", "-s", "templates/deployment.yaml"],
  ["rel", "web", "--repo", "REPO"],
  ["rel", "web", "--repo", "REPO", "--devel"],
  ["rel", "web", "--repo", "REPO", "--version", "~1.0", "--set", "color=blue"],
  ["rel", "web", "--repo", "REPO", "--version", "^7"],
  ["rel", "none", "--repo", "REPO"],
  ["rel", "OCI/web", "--version", "1.0.0", "--plain-http"],
  ["rel", "OCI/web", "--version", "~1", "--plain-http", "--output-dir", "out"],
  ["rel", "ARCHIVE"],
  ["rel", "web", "--repo", "GREPO", ...login],
  ["rel", "web", "--repo", "GREPO", ...login, "--pass-credentials"],
  ["rel", "GOCI/web", "--plain-http", ...login],
  ["rel", "needy"],
  ["rel", "needy", "--dependency-update"],
  ["rel", "needy", "--dependency-update", "--set", "web.color=green", "--output-dir", "out"],
  ["rel", "lost", "--dependency-update"],
  ["rel", "library", "--dependency-update"],
];

function addressesOf(one: ChartServer, mark: string): (readonly [string, string])[] {
  return [
    [`${mark}REPO`, `${one.url}/repo`],
    [`${mark}OCI`, `oci://${one.host}/charts`],
    [`${mark}ARCHIVE`, `${one.url}/repo/web-1.2.0.tgz`],
  ];
}

function addressed(word: string): string {
  const found = [...addressesOf(guarded, "G"), ...addressesOf(server, "")].find(([mark]) => word.startsWith(mark));
  return found === undefined ? word : word.replace(...found);
}

async function layOut(place: string): Promise<void> {
  await cp(join(charts, "plain"), join(place, "plain"), { recursive: true });
  const head = "apiVersion: v2\nversion: 1.0.0\n";
  const lib = 'dependencies: [{name: lib, version: "1", repository: "file://../lib"}';
  const files = {
    "Chart.yaml": "",
    "needy/Chart.yaml": `${head}name: needy\n${lib}, {name: web, version: ^1, repository: "${server.url}/repo"}]\n`,
    "needy/templates/a.yaml": "kind: A\n",
    "lost/Chart.yaml": `${head}name: lost\n${lib.replace("1", "9")}]\n`,
    "library/Chart.yaml": `${head}name: library\ntype: library\n${lib}]\n`,
    "lib/Chart.yaml": `${head}name: lib\n`,
    "lib/templates/b.yaml": "kind: B\n",
  };
  await writeChart(place, files);
}

/** What was written besides the charts' own files, with its text. */
async function outputOf(place: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(place, { recursive: true })).toSorted()) {
    const path = join(place, name);
    if (name.startsWith("out/") && (await stat(path)).isFile()) found[name] = await readFile(path, "utf8");
    if (name.startsWith("needy/")) found[name] = "";
  }
  return found;
}

describe.skipIf(!isThere)("drover helm template", () => {
  it.each(calls.map((words) => ({ name: words.join(" "), words })))(
    "prints and writes what helm does, or fails with its words: $name",
    async ({ words }) => {
      await using folder = await createTempDir("template");
      const [ours, theirs] = [join(folder.path, "ours"), join(folder.path, "theirs")];
      const home = join(folder.path, "home");
      const variables = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, HOME: home };
      const call = ["template", ...words.map(addressed)];
      const answers = [];
      for (const [place, run] of [
        [ours, runDroverHelm],
        [theirs, runRealHelm],
      ] as const) {
        await layOut(place);
        const { stdout, fault } = await run(call, place, variables);
        answers.push({ stdout, fault, files: await outputOf(place) });
      }
      expect(answers[0]).toEqual(answers[1]);
    },
  );
});
