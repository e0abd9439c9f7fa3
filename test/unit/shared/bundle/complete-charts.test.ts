import { describe, expect, it } from "vitest";

import { dependenciesDigest, printLock } from "../../../../helm/chart/dependencies/chart-lock.ts";
import { dependenciesOf } from "../../../../helm/chart/dependencies/complete-chart.ts";
import { loadChart, loadChartArchive } from "../../../../helm/chart/load-chart.ts";
import { assembleBundle } from "../../../../shared/bundle/assemble-bundle.ts";
import type { DependencyLoader } from "../../../../shared/bundle/complete-charts.ts";
import type { MemoryFile } from "../../../../shared/bundle/memory-tree.ts";
import { chartArchive } from "../../../support/chart-archive.ts";
import { memoryTree } from "../../../support/memory-tree.ts";

const head = "apiVersion: v2\nname: app\nversion: 1.0.0\n";
const lib = { "lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 0.3.0\n", "lib/templates/a.yaml": "kind: A\n" };

function needs(dependency: string): string {
  return `${head}dependencies: [${dependency}]\n`;
}

function assemble(files: Readonly<Record<string, MemoryFile>>, loadDependency?: DependencyLoader) {
  const source = { tree: memoryTree(files), ...(loadDependency === undefined ? {} : { loadDependency }) };
  return assembleBundle(
    source,
    { path: "app", realPath: "app", oid: "1" },
    { name: "demo", namespace: "fleet-default" },
  );
}

function filesOf(result: ReturnType<typeof assemble>): string[] {
  if (result.kind === "failed") throw result.error;
  return result.kind === "bundle" ? (result.content.resources ?? []).map(({ name }) => name) : [];
}

function refusalOf(files: Readonly<Record<string, MemoryFile>>): { code?: string; message?: string } {
  const result = assemble(files);
  return result.kind === "failed" ? result.error : {};
}

describe("the charts of a bundle", () => {
  const local = needs('{name: lib, version: 0.x, repository: "file://../lib"}');

  it("get the archives of dependencies that lie in the repository, and a lock file", () => {
    const result = assemble({ "app/Chart.yaml": local, ...lib });
    expect(filesOf(result)).toEqual(["Chart.lock", "Chart.yaml", "charts/lib-0.3.0.tgz"]);
    expect(result.outside.map(({ path }) => path)).toContain("app/../lib");
  });

  it("are the same whenever they are built", () => {
    const contents = [1, 2].map(() => assemble({ "app/Chart.yaml": local, ...lib }));
    expect(contents[0]).toEqual(contents[1]);
  });

  it("are left alone with disableDependencyUpdate", () => {
    const files = { "app/Chart.yaml": local, "app/fleet.yaml": "helm: {disableDependencyUpdate: true}\n", ...lib };
    expect(filesOf(assemble(files))).toEqual(["Chart.yaml"]);
  });

  it("leave out what the .helmignore of a dependency says", () => {
    const result = assemble({ "app/Chart.yaml": local, ...lib, "lib/.helmignore": "secret\n", "lib/secret": "x" });
    if (result.kind !== "bundle") throw new Error("no bundle");
    const packed = (result.content.resources ?? []).find(({ name }) => name === "charts/lib-0.3.0.tgz");
    const lib030 = loadChartArchive(Buffer.from(packed?.content ?? "", "base64"));
    expect([...lib030.files, ...lib030.templates].map(({ name }) => name)).toEqual([".helmignore", "templates/a.yaml"]);
  });

  it("take remote dependencies from the loader", () => {
    const asked: string[] = [];
    const load: DependencyLoader = ({ chart, repo, version }) => {
      asked.push(`${chart} ${version} ${repo}`);
      const url = "https://x.example/web-1.2.0.tgz";
      return { name: "web", version: "1.2.0", url, archive: chartArchive("web", "1.2.0") };
    };
    const range = needs('{name: web, version: ^1, repository: "https://x.example"}');
    expect(filesOf(assemble({ "app/Chart.yaml": range }, load))).toContain("charts/web-1.2.0.tgz");
    expect(asked).toEqual(["web ^1 https://x.example"]);
  });

  it("ask for the versions of a lock file that was made for them, and not for those of another one", () => {
    const range = needs('{name: web, version: ^1, repository: "https://x.example"}');
    const { dependencies } = loadChart([{ name: "Chart.yaml", data: Buffer.from(range) }]).metadata;
    const wanted = dependenciesOf(dependencies);
    const locked = wanted.map((entry) => ({ ...entry, version: "1.1.0" }));
    const lock = printLock({ generated: "x", digest: dependenciesDigest(wanted, locked), dependencies: locked });
    const versionsAsked = (text: string): string[] => {
      const asked: string[] = [];
      assemble({ "app/Chart.yaml": range, "app/Chart.lock": text }, ({ version }) => {
        asked.push(version);
        return undefined;
      });
      return asked;
    };
    expect(versionsAsked(lock)).toEqual(["1.1.0"]);
    expect(versionsAsked(lock.replace("sha256:", "sha256:0"))).toEqual(["^1"]);
  });

  it.each([
    ["a directory outside of the repository", "file://../../lib", "CHART_REFUSED", /leaves the repository/u],
    ["an absolute path", "file:///etc", "CHART_REFUSED", /leaves the repository/u],
    ["a directory that is not there", "file://../none", "CHART_INVALID", /directory \.\.\/none not found/u],
    ["a directory without a chart", "file://../empty", "CHART_INVALID", /Chart\.yaml file is missing/u],
    ["a link that leads out", "file://../out", "CHART_REFUSED", /leaves the repository/u],
    ["a repository that was not fetched", "https://x.example", "CHART_NOT_FETCHED", /lib 1 of https/u],
    ["the name of a repository", "@stable", "CHART_INVALID", /no repository definition for @stable/u],
    ["a version that is not there", "file://../lib", "CHART_INVALID", /can't get a valid version for 1 subchart/u],
  ])("refuse %s", (...[, repository, code, message]) => {
    const chart = needs(`{name: lib, version: "1", repository: "${repository}"}`);
    const refusal = refusalOf({ "app/Chart.yaml": chart, "empty/x": "", out: { link: "../other" }, ...lib });
    expect(refusal).toMatchObject({ code, verdict: "stalled", position: { file: "app/Chart.yaml" } });
    expect(refusal.message).toMatch(message);
  });

  it("may name each other in a circle: each is packed as it stands", () => {
    const back =
      "apiVersion: v2\nname: lib\nversion: 0.3.0\ndependencies: [{name: app, version: 1.0.0, repository: 'file://../app'}]\n";
    expect(filesOf(assemble({ "app/Chart.yaml": local, ...lib, "lib/Chart.yaml": back }))).toContain(
      "charts/lib-0.3.0.tgz",
    );
  });
});
