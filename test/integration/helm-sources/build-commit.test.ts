import { zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { CommitBuild } from "../../../bundler/build/commit-build.ts";
import type { SourceLimits } from "../../../helm/chart/source/fetch-chart.ts";
import { chartsAnnotation } from "../../../shared/api/annotations.ts";
import type { Content } from "../../../shared/api/content.ts";
import type { GitRepo } from "../../../shared/api/git-repo.ts";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { renderObjects } from "../../../shared/render/render-objects.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { createCommitBuilder } from "./commit-builder.ts";

const credential = { username: "someone", password: "s3cret" };
const facts = { name: "c", namespace: "clusters", labels: {}, annotations: {}, templateValues: {} };

function aGitRepo(spec: GitRepo["spec"]): GitRepo {
  return { apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { name: "repo", namespace: "team" }, spec };
}

const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "charts", namespace: "team" },
  stringData: { ...credential, basicHTTP: "true" },
};

function createBuilder(cacheDir: string, gitRepo: GitRepo = aGitRepo({}), limits: Partial<SourceLimits> = {}) {
  return createCommitBuilder({ cacheDir, gitRepo, secret, limits });
}

/** Returns the data of the ConfigMap that the first bundle renders to. */
function renderFirst(build: CommitBuild): unknown {
  const [first] = build.bundles;
  if (first?.kind !== "bundle") return first?.error;
  const blob = build.blobs.get(first.contents.files);
  if (blob === undefined) return "no content";
  const content: Content = JSON.parse(zstdDecompressSync(blob.compress()).toString("utf8"));
  const { helm } = first.bundle.spec;
  const options = helm === undefined ? {} : { helm };
  const { objects } = renderObjects({ bundle: "team/web", content, options, facts });
  return objects.map((object) => object["data"]);
}

function notes(build: CommitBuild): unknown {
  const [first] = build.bundles;
  if (first?.kind !== "bundle") return undefined;
  return JSON.parse(first.bundle.metadata.annotations?.[chartsAnnotation] ?? "[]");
}

describe("buildCommit with remote charts", () => {
  it("renders a chart of a repository by its range, and takes a newer version at the next commit", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer();
    server.add("web", "0.9.0");
    server.add("web", "1.0.0");
    const build = createBuilder(dir.path);
    const files = {
      "web/fleet.yaml": `helm:\n  repo: ${server.url}/repo\n  chart: web\n  version: ">=1.0.0"\n  values: {color: blue}\n`,
      "plain/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    };
    const scan = { "web/fleet.yaml": files["web/fleet.yaml"] };
    const first = await build(scan);
    expect(renderFirst(first)).toEqual([{ version: "1.0.0", color: "blue" }]);
    expect(notes(first)).toMatchObject([{ chart: "web", version: ">=1.0.0", resolved: "1.0.0" }]);
    expect(first.againAfterMs).toBe(900_000);
    server.add("web", "1.1.0");
    const second = await build(scan);
    expect(renderFirst(second)).toEqual([{ version: "1.1.0", color: "blue" }]);
    const third = await build(files);
    expect(third.counts.failed).toBe(0);
    expect(third.bundles).toHaveLength(2);
  });

  it("builds a bundle with an exact version once", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const build = createBuilder(dir.path);
    const files = { "web/fleet.yaml": `helm: {repo: "${server.url}/repo", chart: web, version: 1.0.0}\n` };
    const first = await build(files);
    expect(renderFirst(first)).toEqual([{ version: "1.0.0", color: "red" }]);
    expect(first.againAfterMs).toBeUndefined();
    const again = await build({ ...files, "README.md": "x" });
    expect(again.counts).toMatchObject({ built: 0, reused: 1 });
  });

  it("fetches each chart of a bundle whose targets have others", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer();
    for (const version of ["1.0.0", "2.0.0"]) server.add("web", version);
    const repo = `${server.url}/repo`;
    const target = `targetCustomizations:\n- name: new\n  clusterSelector: {}\n  helm: {version: 2.0.0}\n`;
    const build = await createBuilder(dir.path)({
      "web/fleet.yaml": `helm: {repo: "${repo}", chart: web, version: 1.0.0}\n${target}`,
    });
    expect(notes(build)).toMatchObject([{ resolved: "1.0.0" }, { resolved: "2.0.0" }]);
  });

  it("sends the credential only where helmRepoURLRegex matches", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer({ auth: credential });
    server.add("web", "1.0.0");
    const files = { "web/fleet.yaml": `helm:\n  repo: oci://${server.host}/charts/web\n  version: ^1.0.0\n` };
    const withPattern = (helmRepoURLRegex: string) =>
      createBuilder(dir.path, aGitRepo({ helmSecretName: "charts", helmRepoURLRegex }))(files);
    for (const pattern of ["", "charts", "oci://elsewhere"]) {
      const refused = await withPattern(pattern);
      expect(renderFirst(refused)).toMatchObject({
        code: "CHART_AUTH_FAILED",
        message: expect.stringContaining("helmRepoURLRegex"),
      });
    }
    expect(server.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(renderFirst(await withPattern("oci://127[.]0"))).toEqual([{ version: "1.0.0", color: "red" }]);
  });

  it("keeps other bundles when a server is away, and builds the bundle once it is back", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer();
    server.override("/repo/index.yaml", (_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    const build = createBuilder(dir.path);
    const files = {
      "web/fleet.yaml": `helm: {repo: "${server.url}/repo", chart: web, version: 1.0.0}\n`,
      "x/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    };
    const failed = await build(files);
    expect(failed.counts).toMatchObject({ built: 1, failed: 1 });
    expect(failed.againAfterMs).toBe(120_000);
    expect(failed.bundles).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "CHART_NOT_FETCHED" }) }),
    );
    server.override("/repo/index.yaml", (_request, response) => {
      response.end("apiVersion: v1\nentries: {web: [{version: 1.0.0, urls: [web-1.0.0.tgz]}]}\n");
    });
    server.add("web", "1.0.0");
    expect((await build(files)).counts).toMatchObject({ built: 1, reused: 1, failed: 0 });
  });

  it("waits once for a server that does not answer, however many charts it has", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer();
    server.override("/repo/index.yaml", () => undefined);
    const names = ["a", "b", "c"];
    const files = names.map((name) => [
      `${name}/fleet.yaml`,
      `helm: {repo: "${server.url}/repo", chart: ${name}, version: 1.0.0}\n`,
    ]);
    const build = await createBuilder(dir.path, aGitRepo({}), { timeoutMs: 200 })(Object.fromEntries(files));
    expect(build.counts.failed).toBe(3);
    expect(server.requests).toHaveLength(1);
  });

  it("says in a warning that it goes on with the last copy", async () => {
    await using dir = await createTempDir("build-charts");
    await using server = await startChartServer();
    server.add("web", "1.0.0");
    const build = createBuilder(dir.path);
    const files = { "web/fleet.yaml": `helm: {repo: "${server.url}/repo", chart: web}\n` };
    await build(files);
    await server.goDown();
    const [bundle] = (await build(files)).bundles;
    expect(bundle?.warnings).toMatchObject([{ code: "CHART_OUTDATED" }]);
  });
});
