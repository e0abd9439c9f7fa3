import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { basicHeader, type ChartServer, startChartServer } from "../../support/chart-server.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";

const credential = { username: "someone", password: "s3cret" };
const clusters = "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: dev }\nspec: {}\n";
const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: raw }\n";

interface Rig extends AsyncDisposable {
  readonly path: string;
  put(files: Readonly<Record<string, string>>): Promise<void>;
  run(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

/** A repository with one bundle directory for each given `helm:` block, and one without a chart. */
async function createRig(charts: Readonly<Record<string, string>>): Promise<Rig> {
  const folder = await createTempDir("offline-charts");
  const put: Rig["put"] = async (files) => {
    await writeFiles(folder.path, files);
  };
  await put({
    "repo/raw/cm.yaml": map,
    "repo/raw/fleet.yaml": "defaultNamespace: raw\n",
    "clusters.yaml": clusters,
    "targets.yaml": "targets: [{ clusterSelector: {} }]\n",
    "password.txt": `${credential.password}\n`,
    ...Object.fromEntries(Object.entries(charts).map(([dir, helm]) => [`repo/${dir}/fleet.yaml`, `helm: ${helm}\n`])),
  });
  return {
    path: folder.path,
    put,
    run: async (...words) => {
      const env = { XDG_CACHE_HOME: join(folder.path, "cache"), PATH: process.env["PATH"] ?? "" };
      const { context, output, errors } = createTestContext({ cwd: folder.path, env });
      const [command = "", ...rest] = words;
      const code = await runCli([command, "--repo", "repo", "--name", "config", ...rest], context);
      return { code, out: output(), err: errors() };
    },
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  };
}

const aimed = ["--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];

function fetches(server: ChartServer, end: string): number {
  return server.requests.filter(({ path }) => path.endsWith(end)).length;
}

/** Path and content of each file below a folder, and the time at which it was last written. */
async function filesOf(folder: string): Promise<readonly unknown[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Promise.all(
    paths.map(async (path) => {
      const { mtimeMs, mode } = await stat(path);
      const isFile = entries.some((entry) => entry.isFile() && join(entry.parentPath, entry.name) === path);
      return { path, mtimeMs, mode, text: isFile ? await readFile(path, "utf8") : "" };
    }),
  );
}

describe("offline commands with charts of servers", () => {
  it("fetch what a repository names, once for both bundles and both builds, and show the version", async () => {
    await using server = await startChartServer();
    for (const version of ["1.0.0", "1.4.0", "2.0.0"]) server.add("web", version);
    const ranged = `{ repo: "${server.url}/repo", chart: web, version: ^1.0.0 }`;
    await using rig = await createRig({
      a: ranged,
      b: ranged,
      c: `{ repo: "oci://${server.host}/charts/web", version: 2.0.0 }`,
    });
    const table = await rig.run("bundle", "-o", "table", "--helm-basic-http");
    expect(table).toMatchObject({ code: 0, err: expect.stringContaining("chart web ^1.0.0 is web 1.4.0 of http://") });
    expect(table.out).toMatch(/^config-a +a +\d+ +web 1\.4\.0$/mu);
    expect(table.out).toMatch(/^config-c +c +\d+ +web 2\.0\.0$/mu);
    expect(table.out).toMatch(/^config-raw +raw +\d+$/mu);
    expect(fetches(server, "/index.yaml")).toBe(1);
    expect(fetches(server, "/web-1.4.0.tgz")).toBe(1);

    const rendered = await rig.run("render", ...aimed, "--helm-basic-http");
    expect(rendered).toMatchObject({ code: 0, out: expect.stringMatching(/name: config-a[\s\S]*name: config-c/u) });
    expect(rendered.out).toContain("version: 1.4.0");
    expect((await rig.run("lint", ...aimed, "--helm-basic-http")).err).toContain("errors: 0");
  });

  it("complete a chart of the repository with what it depends on", async () => {
    await using server = await startChartServer();
    server.add("cache", "3.1.0");
    await using rig = await createRig({});
    await rig.put({
      "repo/shop/Chart.yaml": `apiVersion: v2\nname: shop\nversion: 0.1.0\ndependencies:\n- { name: cache, version: 3.x, repository: "${server.url}/repo" }\n`,
      "repo/shop/templates/map.yaml": map,
    });
    const { code, out, err } = await rig.run("bundle");
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("is cache 3.1.0 of") });
    expect(out).toContain("charts/cache-3.1.0.tgz");
  });

  it("never write to the clone, also when a chart depends on a directory beside it", async () => {
    await using rig = await createRig({});
    const dependency = "dependencies:\n- { name: part, version: 0.1.0, repository: file://../part }\n";
    await rig.put({
      "repo/part/Chart.yaml": "apiVersion: v2\nname: part\nversion: 0.1.0\n",
      "repo/part/templates/map.yaml": map,
      "repo/shop/Chart.yaml": `apiVersion: v2\nname: shop\nversion: 0.1.0\n${dependency}`,
      "repo/shop/templates/map.yaml": map,
    });
    const before = await filesOf(join(rig.path, "repo"));
    const { code, out } = await rig.run("bundle");
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining("charts/part") });
    expect((await rig.run("render", ...aimed)).code).toBe(0);
    expect((await rig.run("lint", ...aimed)).code).toBe(0);
    expect(await filesOf(join(rig.path, "repo"))).toEqual(before);
  });

  it("fail the bundle whose chart cannot be had, with its place, and go on with the rest", async () => {
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    await using rig = await createRig({
      good: `{ repo: "${server.url}/repo", chart: web }`,
      gone: `{ repo: "${server.url}/repo", chart: nothing }`,
    });
    const { code, out, err } = await rig.run("bundle", "--errors", "errors.yaml");
    expect(code).toBe(1);
    expect(err).toMatch(/apply config-gone: CHART_VERSION_NOT_FOUND: gone\/fleet\.yaml:1:\d+: .*nothing/u);
    expect(out).toContain("name: config-good");
    expect(out).toContain("name: config-raw");
    expect(out).not.toContain("name: config-gone");
  });

  it("take everything from the cache with --offline, and say what to do about what is not in it", async () => {
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    server.add("late", "1.0.0");
    await using rig = await createRig({ a: `{ repo: "${server.url}/repo", chart: web, version: "*" }` });
    const before = await rig.run("render", ...aimed, "--chart-cache", "kept");
    expect(before.code).toBe(0);
    expect(await readdir(join(rig.path, "kept"))).toEqual(["archives", "resolved"]);
    const asked = server.requests.length;
    expect(await rig.run("render", ...aimed, "--chart-cache", "kept", "--offline")).toEqual(before);
    await rig.put({ "repo/b/fleet.yaml": `helm: { repo: "${server.url}/repo", chart: late }\n` });
    const { code, err } = await rig.run("render", ...aimed, "--chart-cache", "kept", "--offline");
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/CHART_NOT_FETCHED: .*run it once/u) });
    expect(server.requests).toHaveLength(asked);
  });

  it("serve the copy of the last time with a warning while a server is away", async () => {
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    await using rig = await createRig({ a: `{ repo: "${server.url}/repo", chart: web }` });
    expect((await rig.run("bundle")).code).toBe(0);
    await server.goDown();
    const { code, out, err } = await rig.run("bundle");
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("CHART_OUTDATED: chart web 1.0.0") });
    expect(out).toContain("name: config-a");
  });

  it("refuse charts in a folder that cannot hold them", async () => {
    await using rig = await createRig({ a: `{ repo: "http://127.0.0.1:9/repo", chart: web }` });
    const { code, err } = await rig.run("bundle", "--chart-cache", "clusters.yaml");
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("--chart-cache") });
  });
});

describe("offline commands with charts of private servers", () => {
  const words = ["--username", "someone", "--password-file", "password.txt"];

  it.each([
    ["where the pattern matches", ["--helm-repo-url-regex", "http://127[.]0|oci://"], 0, "chart web is web 1.0.0"],
    ["not without a pattern", [], 1, "--helm-repo-url-regex is empty, so that of --username"],
    ["not where it matches the middle only", ["--helm-repo-url-regex", "127"], 1, "does not match the address"],
  ])("send the credential %s", async (...[, flags, expected, text]) => {
    await using server = await startChartServer({ auth: credential });
    server.add("web", "1.0.0");
    await using rig = await createRig({
      a: `{ repo: "${server.url}/repo", chart: web }`,
      b: `{ repo: "oci://${server.host}/charts/web" }`,
    });
    const { code, err } = await rig.run("bundle", "--helm-basic-http", ...words, ...flags);
    expect(code).toBe(expected);
    expect(err).toContain(text);
    expect(server.requests.some(({ authorization }) => authorization === basicHeader(credential))).toBe(code === 0);
  });

  it("choose credentials by directory", async () => {
    await using server = await startChartServer({ auth: credential });
    server.add("web", "1.0.0");
    const helm = `{ repo: "${server.url}/repo", chart: web }`;
    await using rig = await createRig({ a: helm, b: helm });
    await rig.put({ "paths.yaml": "a: { username: someone, password: s3cret }\n" });
    const flags = ["--helm-credentials-by-path-file", "paths.yaml", "--helm-repo-url-regex", "http"];
    const { code, out, err } = await rig.run("bundle", ...flags);
    expect(code).toBe(1);
    expect(out).toContain("name: config-a");
    expect(err).toMatch(/config-b: CHART_AUTH_FAILED: .*paths\.yaml has none for "b"/u);
    expect((await rig.run("bundle", ...flags, "--username", "x")).code).toBe(2);
  });

  it("take the pattern of the GitRepo, and say that its Secret is not read", async () => {
    await using server = await startChartServer({ auth: credential });
    server.add("web", "1.0.0", chartArchive("web", "1.0.0"));
    await using rig = await createRig({ a: `{ repo: "${server.url}/repo", chart: web }` });
    await rig.put({
      "gitrepo.yaml":
        "kind: GitRepo\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: config }\nspec: { repo: x, helmSecretName: charts, helmRepoURLRegex: http }\n",
    });
    const refused = await rig.run("bundle", "--gitrepo", "gitrepo.yaml");
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("Secret charts is not read offline") });
    expect((await rig.run("bundle", "--gitrepo", "gitrepo.yaml", ...words)).code).toBe(0);
  });
});
