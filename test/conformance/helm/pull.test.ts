import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartArchive } from "../../support/chart-archive.ts";
import { type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

let server: ChartServer;
let guarded: ChartServer;

beforeAll(async () => {
  server = await startChartServer();
  guarded = await startChartServer({ auth: { username: "ann", password: "secret" } });
  for (const one of [server, guarded]) {
    const crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\n";
    const more = { "README.md": "# web\n", "crds/a.yaml": crd };
    one.add("web", "1.0.0", chartArchive("web", "1.0.0", more));
    for (const version of ["1.2.0", "2.0.0-rc.1"]) one.add("web", version, chartArchive("web", version, more));
  }
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

/** Files below a folder, with their content and mode. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const found: Record<string, string> = {};
  for (const name of names) {
    const stats = await stat(join(folder, name));
    if (stats.isFile()) {
      found[name] = `${(stats.mode & 0o777).toString(8)} ${(await readFile(join(folder, name))).toString("base64")}`;
    }
  }
  return found;
}

/** Runs both in folders of their own and returns what they printed and wrote. */
async function runBoth(words: readonly string[]) {
  await using folder = await createTempDir("pull");
  const [ours, theirs] = [join(folder.path, "ours"), join(folder.path, "theirs")];
  for (const place of [ours, theirs]) {
    await mkdir(join(place, "sub"), { recursive: true });
    await writeFile(join(place, "taken"), "x");
  }
  const home = join(folder.path, "home");
  const variables = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, HOME: home };
  const said = await runDroverHelm(words, ours);
  const real = await runRealHelm(words, theirs, variables);
  return { ours: { ...said, files: await filesIn(ours) }, theirs: { ...real, files: await filesIn(theirs) } };
}

const fine: readonly { readonly name: string; readonly words: (at: ChartServer) => readonly string[] }[] = [
  { name: "the newest stable version", words: ({ url }) => ["web", "--repo", `${url}/repo`] },
  { name: "a range", words: ({ url }) => ["web", "--repo", `${url}/repo/`, "--version", "~1.0"] },
  { name: "a pre-release", words: ({ url }) => ["web", "--repo", `${url}/repo`, "--devel"] },
  {
    name: "a pre-release, but a version is named",
    words: ({ url }) => ["web", "--repo", `${url}/repo`, "--devel", "--version", "1.0.0"],
  },
  { name: "another folder", words: ({ url }) => ["web", "--repo", `${url}/repo`, "-d", "sub"] },
  { name: "unpacked", words: ({ url }) => ["web", "--repo", `${url}/repo`, "--untar"] },
  {
    name: "unpacked elsewhere",
    words: ({ url }) => ["web", "--repo", `${url}/repo`, "--untar", "-d", "sub", "--untardir", "deep/er"],
  },
  { name: "an address", words: ({ url }) => [`${url}/repo/web-1.0.0.tgz`] },
  { name: "an address, unpacked", words: ({ url }) => [`${url}/repo/web-1.0.0.tgz`, "--untar", "--untardir", "out"] },
  { name: "a registry", words: ({ host }) => [`oci://${host}/charts/web`, "--plain-http"] },
  {
    name: "a registry's version",
    words: ({ host }) => [`oci://${host}/charts/web`, "--plain-http", "--version", "1.0.0"],
  },
  { name: "a registry's tag", words: ({ host }) => [`oci://${host}/charts/web:1.0.0`, "--plain-http"] },
  {
    name: "a registry's range, unpacked",
    words: ({ host }) => [`oci://${host}/charts/web`, "--plain-http", "--version", "<1.1", "--untar"],
  },
  { name: "two charts", words: ({ url }) => [`${url}/repo/web-1.0.0.tgz`, `${url}/repo/web-1.2.0.tgz`] },
];

describe.skipIf(!isThere)("drover helm pull", () => {
  it.each(fine)("writes and says what helm pull does: $name", async ({ words }) => {
    const { ours, theirs } = await runBoth(["pull", ...words(server)]);
    expect(theirs.fault).toBe("");
    expect(ours).toEqual(theirs);
  });

  it("sends user and password as helm does", async () => {
    const login = ["--username", "ann", "--password", "secret"];
    for (const words of [
      ["web", "--repo", `${guarded.url}/repo`, ...login],
      [`oci://${guarded.host}/charts/web`, "--plain-http", ...login],
    ]) {
      const { ours, theirs } = await runBoth(["pull", ...words]);
      expect(theirs.fault).toBe("");
      expect(ours).toEqual(theirs);
    }
  });

  it.each([
    { name: "no such chart", words: ["none", "--repo"] },
    { name: "no such version", words: ["web", "--version", "9.9.9", "--repo"] },
  ])("fails with helm's words: $name", async ({ words }) => {
    const { ours, theirs } = await runBoth(["pull", ...words, `${server.url}/repo`]);
    expect(theirs.fault).not.toBe("");
    expect(ours).toEqual(theirs);
  });

  it.each([
    { name: "a repository by name", words: ["stable/web"] },
    { name: "a word", words: ["web"] },
    { name: "nobody's address", words: ["http://127.0.0.1:1/web-1.0.0.tgz"] },
    { name: "a folder that is not there", words: ["-d", "nowhere", "web", "--repo"] },
    { name: "something in the way", words: ["web", "--untar", "--untardir", "taken", "--repo"] },
  ])("writes nothing where helm pull fails: $name", async ({ words }) => {
    const place = words.at(-1) === "--repo" ? [`${server.url}/repo`] : [];
    const { ours, theirs } = await runBoth(["pull", ...words, ...place]);
    expect(theirs.fault).not.toBe("");
    expect(ours.fault).not.toBe("");
    expect(ours.stdout).toBe("");
    expect(Object.keys(ours.files)).toEqual(["taken"]);
  });

  it("refuses to unpack over something, with helm's words", async () => {
    await using folder = await createTempDir("pull");
    await mkdir(join(folder.path, "web"));
    const words = ["pull", "web", "--repo", `${server.url}/repo`, "--untar"];
    const ours = await runDroverHelm(words, folder.path);
    const home = join(folder.path, "home");
    expect(ours).toEqual(await runRealHelm(words, folder.path, { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home }));
    expect(await readdir(join(folder.path, "web"))).toEqual([]);
  });

  it("leaves nothing behind of an archive that leads out of its folder", async () => {
    const evil = chartArchive("evil", "1.0.0", { "../../../escaped.txt": "x" });
    server.override("/evil-1.0.0.tgz", (_request, response) => void response.end(evil));
    server.override("/none-1.0.0.tgz", (_request, response) => void response.end(gzipSync("no tar")));
    await using folder = await createTempDir("pull");
    for (const name of ["evil", "none"]) {
      const { fault } = await runDroverHelm(["pull", `${server.url}/${name}-1.0.0.tgz`, "--untar"], folder.path);
      expect(fault).not.toBe("");
    }
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe.skipIf(!isThere)("drover helm show of a chart elsewhere", () => {
  it.each(["all", "chart", "values", "readme", "crds"])("prints what helm show prints: %s", async (part) => {
    for (const words of [
      ["web", "--repo", `${server.url}/repo`],
      ["web", "--repo", `${server.url}/repo`, "--version", "~1.0"],
      [`${server.url}/repo/web-1.0.0.tgz`],
      [`oci://${server.host}/charts/web`, "--plain-http", "--devel"],
    ]) {
      const { ours, theirs } = await runBoth(["show", part, ...words]);
      expect(theirs.fault).toBe("");
      expect(ours).toEqual(theirs);
    }
  });
});
