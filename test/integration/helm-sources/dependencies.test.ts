import { describe, expect, it } from "vitest";
import type { Built } from "../../../bundler/build/commit-build.ts";
import { chartsAnnotation } from "../../../shared/api/annotations.ts";
import type { GitRepo } from "../../../shared/api/git-repo.ts";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { chartArchive } from "../../support/chart-archive.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { createCommitBuilder } from "./commit-builder.ts";
import { filesOf, renderedOf } from "./read-build.ts";

const gitRepo: GitRepo = {
  apiVersion: fleetApiVersion,
  kind: "GitRepo",
  metadata: { name: "repo", namespace: "team" },
  spec: { helmSecretName: "charts" },
};
const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "charts" }, stringData: { basicHTTP: "true" } };

function createBuilder(cacheDir: string) {
  return createCommitBuilder({ cacheDir, gitRepo, secret });
}

function notesOf(built: Built | undefined): unknown {
  if (built?.kind !== "bundle") return undefined;
  return JSON.parse(built.bundle.metadata.annotations?.[chartsAnnotation] ?? "[]");
}

function parent(dependencies: string): Record<string, string> {
  return {
    "app/fleet.yaml": "",
    "app/Chart.yaml": `apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n${dependencies}`,
    "app/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n",
  };
}

describe("buildCommit with charts that lack dependencies", () => {
  it("fetches them from a chart repository and a registry, and says which versions they are", async () => {
    await using dir = await createTempDir("dependencies");
    await using server = await startChartServer();
    for (const version of ["1.0.0", "1.2.0", "2.0.0"]) server.add("web", version);
    server.add("api", "3.0.0");
    const files = parent(
      `- {name: web, version: ^1.0.0, repository: "${server.url}/repo"}\n- {name: api, version: 3.0.0, repository: "oci://${server.host}/charts"}\n`,
    );
    const build = await createBuilder(dir.path)(files);
    expect(filesOf(build)).toEqual(
      expect.arrayContaining(["Chart.lock", "charts/api-3.0.0.tgz", "charts/web-1.2.0.tgz"]),
    );
    const rendered = renderedOf(build).map((object) => object["data"]);
    expect(rendered).toEqual(
      expect.arrayContaining([
        { version: "1.2.0", color: "red" },
        { version: "3.0.0", color: "red" },
      ]),
    );
    expect(notesOf(build.bundles[0])).toMatchObject([
      { chart: "web", version: "^1.0.0", resolved: "1.2.0" },
      { chart: `oci://${server.host}/charts/api`, version: "3.0.0", resolved: "3.0.0" },
    ]);
    expect(build.againAfterMs).toBe(900_000);
  });

  it("asks the servers of all dependencies at once", async () => {
    await using dir = await createTempDir("dependencies");
    await using one = await startChartServer();
    await using other = await startChartServer();
    const held: (() => void)[] = [];
    for (const server of [one, other]) {
      server.add("web", "1.0.0");
      const index = `apiVersion: v1\nentries:\n  web: [{version: 1.0.0, urls: [web-1.0.0.tgz]}]\n`;
      server.override("/repo/index.yaml", (_request, response) => {
        held.push(() => response.end(index));
        if (held.length === 2) for (const go of held) go();
      });
    }
    const build = await createBuilder(dir.path)(
      parent(
        `- {name: web, version: 1.0.0, repository: "${one.url}/repo"}\n- {name: web, alias: second, version: 1.0.0, repository: "${other.url}/repo"}\n`,
      ),
    );
    expect(build.counts).toMatchObject({ built: 1, failed: 0 });
  });

  it("does so for a fetched chart as well, and gives equal commits equal bundles", async () => {
    await using dir = await createTempDir("dependencies");
    await using server = await startChartServer();
    server.add("lib", "1.0.0");
    const chart = `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: lib, version: 1.0.0, repository: "${server.url}/repo"}]\n`;
    server.add("web", "1.0.0", chartArchive("web", "1.0.0", { "Chart.yaml": chart }));
    const files = { "app/fleet.yaml": `helm: {repo: "${server.url}/repo", chart: web, version: 1.0.0}\n` };
    const first = await createBuilder(dir.path)(files);
    expect(filesOf(first)).toContainEqual(
      expect.stringMatching(/^\.chart\/[0-9a-f]{64}\/web\/charts\/lib-1\.0\.0\.tgz$/u),
    );
    await using elsewhere = await createTempDir("dependencies");
    const second = await createBuilder(elsewhere.path)(files);
    expect([...second.blobs.keys()]).toEqual([...first.blobs.keys()]);
  });

  it("takes a newer version of a range when it is asked again, without a commit", async () => {
    await using dir = await createTempDir("dependencies");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const files = parent(`- {name: web, version: ^1.0.0, repository: "${server.url}/repo"}\n`);
    const build = createBuilder(dir.path);
    expect(filesOf(await build(files))).toContain("charts/web-1.0.0.tgz");
    server.add("web", "1.1.0");
    expect(filesOf(await build(files))).toContain("charts/web-1.1.0.tgz");
  });

  it("leaves them out where disableDependencyUpdate says so", async () => {
    await using dir = await createTempDir("dependencies");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const build = await createBuilder(dir.path)({
      ...parent(`- {name: web, version: ^1.0.0, repository: "${server.url}/repo"}\n`),
      "app/fleet.yaml": "helm: {disableDependencyUpdate: true}\n",
    });
    expect(filesOf(build)).not.toContain("charts/web-1.0.0.tgz");
    expect(server.requests).toEqual([]);
  });

  it("fails the directory with the file where a dependency cannot be had", async () => {
    await using dir = await createTempDir("dependencies");
    await using server = await startChartServer();
    const build = await createBuilder(dir.path)(
      parent(`- {name: web, version: ^1.0.0, repository: "${server.url}/repo"}\n`),
    );
    expect(build.bundles).toMatchObject([
      {
        kind: "failed",
        error: {
          code: "CHART_VERSION_NOT_FOUND",
          position: { file: "app/Chart.yaml" },
          message: expect.stringContaining("app/Chart.yaml"),
        },
      },
    ]);
  });

  it("refuses a file:// dependency that leaves the repository", async () => {
    await using dir = await createTempDir("dependencies");
    const build = await createBuilder(dir.path)(
      parent(`- {name: web, version: "*", repository: "file://../../web"}\n`),
    );
    expect(build.bundles).toMatchObject([{ kind: "failed", error: { code: "CHART_REFUSED" } }]);
  });
});
