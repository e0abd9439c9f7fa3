import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createGitChartFetcher } from "../../../bundler/build/fetch-git-chart.ts";
import { createGitSource } from "../../../bundler/git/git-source.ts";
import { type ChartSource, createChartSource, type FetchOptions } from "../../../helm/chart/source/fetch-chart.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { startGitServer } from "../../support/git-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const credential = { username: "someone", password: "s3cret" };

function aChart(version: string): Record<string, string> {
  return {
    "charts/web/Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\n`,
    "charts/web/templates/map.yaml": "kind: ConfigMap\n",
    "other/big.txt": "not of the chart\n",
  };
}

interface Rig extends AsyncDisposable {
  readonly source: ChartSource;
  readonly dir: string;
  fetch(chart: string, options?: FetchOptions): ReturnType<ChartSource["fetchChart"]>;
}

async function startRig(): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await createTempDir("git-charts"));
  const git = stack.use(
    createGitSource({ dataDir: dir.path, clock: systemClock, log: silentLogger, path: process.env["PATH"] ?? "" }),
  );
  const source = createChartSource({
    cacheDir: join(dir.path, "cache"),
    fetchGit: createGitChartFetcher(git, join(dir.path, "stores")),
  });
  const owned = stack.move();
  return {
    source,
    dir: dir.path,
    fetch: async (chart, options) => source.fetchChart({ chart, repo: "", version: "" }, options),
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

describe("charts of Git repositories", () => {
  it("come from a directory at a branch, a tag, a commit or the default branch, and leave no store behind", async () => {
    await using git = await startGitServer();
    await using rig = await startRig();
    const url = await git.createRepository("charts");
    const first = await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    await git.tag("charts", "v1", first);
    const second = await git.commit("charts", { message: "second", files: aChart("2.0.0") });
    const address = `git::${url}//charts/web`;
    for (const [ref, version, commit] of [
      ["", "2.0.0", second],
      ["?ref=main", "2.0.0", second],
      ["?ref=v1", "1.0.0", first],
      [`?ref=${first}&depth=1`, "1.0.0", first],
    ] as const) {
      expect(await rig.fetch(`${address}${ref}`)).toMatchObject({
        name: "web",
        version,
        directory: "",
        url: `${address}@${commit}`,
        files: [{ name: "Chart.yaml" }, { name: "templates/map.yaml" }],
      });
    }
    expect(await readdir(join(rig.dir, "stores"))).toEqual([]);
  });

  it("are not fetched again while the ref names the same commit, and are held to a commit that they came to", async () => {
    await using git = await startGitServer();
    await using rig = await startRig();
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    const address = `git::${url}//charts/web?ref=main`;
    const before = await rig.fetch(address);
    const fetches = git.requests.fetch;
    expect(await rig.fetch(address)).toMatchObject({ digest: before.digest });
    expect(git.requests.fetch).toBe(fetches);
    await git.commit("charts", { message: "second", files: aChart("2.0.0") });
    const settled = { resolved: before.version, url: before.url, digest: `sha256:${before.digest}` };
    expect(await rig.fetch(address, { settled })).toMatchObject({ version: "1.0.0" });
    expect(await rig.fetch(address)).toMatchObject({ version: "2.0.0" });
    expect(await rig.fetch(address, { settled })).toMatchObject({ version: "1.0.0", digest: before.digest });
  });

  it("serve from the cache while the server is away", async () => {
    await using git = await startGitServer();
    await using rig = await startRig();
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    const address = `git::${url}//charts/web`;
    await rig.fetch(address);
    await git.goDown();
    expect(await rig.fetch(address)).toMatchObject({ version: "1.0.0", outdated: { fault: "unreachable" } });
    await expect(rig.fetch(`${address}?ref=other`)).rejects.toMatchObject({ fault: "unreachable" });
  });

  it("send a credential to their server, and none where there is none", async () => {
    await using git = await startGitServer({ auth: { user: credential.username, password: credential.password } });
    await using rig = await startRig();
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    const address = `git::${url}//charts/web`;
    await expect(rig.fetch(address)).rejects.toMatchObject({ fault: "unauthorized" });
    expect(await rig.fetch(address, { access: { credential } })).toMatchObject({ version: "1.0.0" });
    await expect(rig.fetch(address)).rejects.toMatchObject({ fault: "unauthorized" });
    const own = address.replace("://", `://${credential.username}:${credential.password}@`);
    const wrong = { access: { credential: { username: "x", password: "y" } } };
    const fetched = await rig.fetch(own, wrong);
    expect(fetched.version).toBe("1.0.0");
    expect(fetched.url).not.toContain(credential.password);
  });

  it.each([
    ["a ref that is not there", "//charts/web?ref=gone", "has no branch and no tag gone"],
    ["a shortened commit", "//charts/web?ref=abc1234", "whole ID"],
    ["a directory that is not there", "//charts/none", "has no directory charts/none"],
    ["a directory without a chart", "//other", "is no chart that can be used"],
    ["a ref that is none", "//charts/web?ref=a..b", "is no Git ref"],
  ])("refuse %s", async (...[, rest, message]) => {
    await using git = await startGitServer();
    await using rig = await startRig();
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    await expect(rig.fetch(`git::${url}${rest}`)).rejects.toThrow(message);
  });

  it("refuse links that leave the repository", async () => {
    await using git = await startGitServer();
    await using rig = await startRig();
    const url = await git.createRepository("charts");
    await git.commit("charts", {
      message: "first",
      files: { ...aChart("1.0.0"), "charts/web/passwd": { linkTo: "/etc/passwd" } },
    });
    await expect(rig.fetch(`git::${url}//charts/web`)).rejects.toMatchObject({ fault: "refused" });
  });
});
