import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chartArchive } from "../../support/chart-archive.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { addressed, head, lib, local, needs } from "./dependency-cases.ts";
import { runDroverHelm } from "./run-helm.ts";
import { writeChart } from "./write-chart.ts";

describe("drover helm dependency update", () => {
  it("removes archives that are not wanted any more, and leaves what is no chart", async () => {
    await using folder = await createTempDir("dependencies");
    const files = { ...needs('name: lib, version: "*", repository: "file://../lib"'), ...lib };
    await writeChart(folder.path, { ...files, "Chart.yaml": "", "app/charts/.gitkeep": "\n" });
    await writeFile(join(folder.path, "app/charts/gone-1.0.0.tgz"), chartArchive("gone", "1.0.0"));
    const { stdout } = await runDroverHelm(["dep", "up", "app"], folder.path, { HOME: folder.path });
    expect(stdout).toContain("Could not verify app/charts/.gitkeep for deletion");
    expect((await readdir(join(folder.path, "app/charts"))).toSorted()).toEqual([".gitkeep", "lib-0.3.1.tgz"]);
    expect(await readdir(join(folder.path, "app"))).toEqual(["Chart.lock", "Chart.yaml", "charts"]);
  });

  it("changes nothing when one of several charts cannot be had", async () => {
    await using folder = await createTempDir("dependencies");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const files = {
      ...needs('name: lib, version: "*", repository: "file://../lib"', 'name: web, version: ^9, repository: "REPO"'),
      ...lib,
    };
    await writeChart(folder.path, {
      ...files,
      "Chart.yaml": "",
      "app/Chart.yaml": addressed(files["app/Chart.yaml"] ?? "", server),
    });
    const { fault } = await runDroverHelm(["dep", "up", "app"], folder.path, { HOME: folder.path });
    expect(fault).toContain("can't get a valid version");
    expect(await readdir(join(folder.path, "app"))).toEqual(["Chart.yaml"]);
  });

  it("does not follow a lock file that is a link", async () => {
    await using folder = await createTempDir("dependencies");
    await writeChart(folder.path, { ...local, ...lib, "Chart.yaml": "", elsewhere: "" });
    await writeFile(join(folder.path, "elsewhere"), "");
    await symlink("../elsewhere", join(folder.path, "app/Chart.lock"));
    const { fault } = await runDroverHelm(["dep", "up", "app"], folder.path, { HOME: folder.path });
    expect(fault).toBe('the Chart.lock file is a symlink to "../elsewhere"');
  });

  it("takes what is in the cache as it is with --skip-refresh, also while the server is away", async () => {
    await using folder = await createTempDir("dependencies");
    await using away = await startChartServer();
    away.add("web", "1.0.0");
    const chart = `${head}dependencies: [{name: web, version: ^1, repository: "${away.url}/repo"}]\n`;
    await writeChart(folder.path, { "Chart.yaml": "", "app/Chart.yaml": chart });
    const env = { HOME: folder.path };
    expect((await runDroverHelm(["dep", "up", "app"], folder.path, env)).fault).toBe("");
    away.add("web", "1.5.0");
    await runDroverHelm(["dep", "up", "app", "--skip-refresh"], folder.path, env);
    expect(await readdir(join(folder.path, "app/charts"))).toEqual(["web-1.0.0.tgz"]);
    await runDroverHelm(["dep", "up", "app"], folder.path, env);
    expect(await readdir(join(folder.path, "app/charts"))).toEqual(["web-1.5.0.tgz"]);
  });

  it("writes a chart under its own name when the server gives one that is none", async () => {
    await using folder = await createTempDir("dependencies");
    await using odd = await startChartServer();
    odd.override("/repo/index.yaml", (_, response) => {
      response.end("apiVersion: v1\nentries: {web: [{name: web, version: 1.0.0, urls: ['get%2F..%2F..%2Fx.tgz']}]}\n");
    });
    odd.override("/repo/get%2F..%2F..%2Fx.tgz", (_, response) => {
      response.end(chartArchive("web", "1.0.0"));
    });
    const chart = `${head}dependencies: [{name: web, version: ^1, repository: "${odd.url}/repo"}]\n`;
    await writeChart(folder.path, { "Chart.yaml": "", "app/Chart.yaml": chart });
    expect((await runDroverHelm(["dep", "up", "app"], folder.path, { HOME: folder.path })).fault).toBe("");
    expect(await readdir(join(folder.path, "app/charts"))).toEqual(["web-1.0.0.tgz"]);
  });

  it("fails while the server is away, although an earlier copy is there, and changes nothing", async () => {
    await using folder = await createTempDir("dependencies");
    await using away = await startChartServer();
    away.add("web", "1.0.0");
    const chart = `${head}dependencies: [{name: web, version: ^1, repository: "${away.url}/repo"}]\n`;
    await writeChart(folder.path, { "Chart.yaml": "", "app/Chart.yaml": chart });
    const env = { HOME: folder.path };
    await runDroverHelm(["dep", "up", "app"], folder.path, env);
    await away.goDown();
    const { stdout, fault } = await runDroverHelm(["dep", "up", "app"], folder.path, env);
    expect(stdout).toContain(`...Unable to get an update from the "${away.url}/repo" chart repository:\n\t`);
    expect(fault).toContain("cannot be reached");
    expect(await readdir(join(folder.path, "app/charts"))).toEqual(["web-1.0.0.tgz"]);
  });

  it("sends credentials of Helm's list to their repository only, those of the call to registries only", async () => {
    await using folder = await createTempDir("dependencies");
    await using guarded = await startChartServer({ auth: { username: "ann", password: "s3cret" } });
    await using open = await startChartServer();
    for (const one of [guarded, open]) for (const name of ["web", "db"]) one.add(name, "1.0.0");
    const entries = [
      'name: web, version: ^1, repository: "@mine"',
      `name: web, version: ^1, repository: "${open.url}/repo", alias: other`,
      `name: db, version: ^1, repository: "oci://${guarded.host}/charts"`,
    ];
    const list = `repositories: [{name: mine, url: "${guarded.url}/repo", username: ann, password: s3cret}]\n`;
    await writeChart(folder.path, { ...needs(...entries), "Chart.yaml": "", "list.yaml": list });
    const call = ["dep", "up", "app", "--plain-http", "--repository-config", "list.yaml"];
    const login = ["--username", "ann", "--password", "s3cret"];
    const { fault } = await runDroverHelm([...call, ...login], folder.path, { HOME: folder.path });
    expect(fault).toBe("");
    expect(open.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    expect((await readdir(join(folder.path, "app/charts"))).toSorted()).toEqual(["db-1.0.0.tgz", "web-1.0.0.tgz"]);
    const anonymous = await runDroverHelm(call, folder.path, { HOME: join(folder.path, "other") });
    expect(anonymous.fault).toContain("refuses the credential or wants one");
  });

  it("refuses an index that is larger than any should be", async () => {
    await using folder = await createTempDir("dependencies");
    await using huge = await startChartServer();
    huge.override("/repo/index.yaml", (_, response) => {
      response.setHeader("content-length", String(2 ** 40));
      response.write("apiVersion: v1\n");
    });
    const chart = `${head}dependencies: [{name: web, version: ^1, repository: "${huge.url}/repo"}]\n`;
    await writeChart(folder.path, { "Chart.yaml": "", "app/Chart.yaml": chart });
    const { fault } = await runDroverHelm(["dep", "up", "app"], folder.path, { HOME: folder.path });
    expect(fault).toMatch(/the answer is larger than \d+ bytes/u);
  });
});
