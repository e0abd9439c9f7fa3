import { describe, expect, it } from "vitest";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { basicHeader, startChartServer } from "../../support/chart-server.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer } from "../../support/git-server.ts";
import { startHub } from "../hub/hub-rig.ts";

const credential = { username: "someone", password: "s3cret" };

describe("a hub whose workspaces have other credentials for charts", () => {
  it("gives a chart to the directories and workspaces that may have it, and to no others", async () => {
    await using charts = await startChartServer({ auth: credential });
    await using git = await startGitServer();
    await using hub = await startHub();
    charts.add("web", "1.0.0");
    const repo = await git.createRepository("shop");
    const fleetYaml = `helm: {repo: "${charts.url}/repo", chart: web, version: 1.0.0}\n`;
    await git.commit("shop", { files: { "team/web/fleet.yaml": fleetYaml, "other/web/fleet.yaml": fleetYaml } });
    const spec = { repo, branch: "main", helmSecretNameForPaths: "paths", helmRepoURLRegex: "http://" };
    for (const [namespace, path] of [
      ["fleet-default", "team/*"],
      ["other", "nothing"],
    ] as const) {
      const file = JSON.stringify({ [path]: credential });
      await hub.apply(
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "paths", namespace },
          stringData: { "secrets-path.yaml": file },
        },
        { apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { name: "shop", namespace }, spec },
      );
    }
    const read = async (...what: string[]): Promise<string> => (await hub.kubectl(["get", ...what])).stdout;
    await until("the one bundle is there", async () =>
      (await read("bundles", "-n", "fleet-default", "-o", "name")).includes("shop-team-web"),
    );
    await until("both say what they lack", async () => {
      const [own, other] = [
        await read("gitrepo", "shop", "-o", "yaml"),
        await read("gitrepo", "shop", "-n", "other", "-o", "yaml"),
      ];
      return own.includes("CHART_AUTH_FAILED") && other.includes("CHART_AUTH_FAILED");
    });
    expect(
      await read("bundles", "-A", "-o", "jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}"),
    ).toBe("fleet-default/shop-team-web ");
    expect(await read("gitrepo", "shop", "-o", "yaml")).not.toContain(credential.password);
    const sent = charts.requests.map(({ authorization }) => authorization);
    expect(new Set(sent)).toEqual(new Set([undefined, basicHeader(credential)]));
  });

  it("builds bundles from charts in another Git repository, held to the commit that its branch named", async () => {
    await using git = await startGitServer();
    await using hub = await startHub();
    const repo = await git.createRepository("shop");
    const charts = await git.createRepository("charts");
    const chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    const commit = await git.commit("charts", { files: { "web/Chart.yaml": chart, "web/templates/a.yaml": "" } });
    await git.commit("shop", { files: { "web/fleet.yaml": `helm: {chart: "git::${charts}//web?ref=main"}\n` } });
    const spec = { repo, branch: "main" };
    await hub.apply({
      apiVersion: fleetApiVersion,
      kind: "GitRepo",
      metadata: { name: "shop", namespace: "fleet-default" },
      spec,
    });
    await until("the bundle is there", async () => (await hub.kubectl(["get", "bundle", "shop-web"])).exitCode === 0);
    const { stdout } = await hub.kubectl(["get", "bundle", "shop-web", "-o", "jsonpath={.status.charts[0].url}"]);
    expect(stdout).toBe(`git::${charts}//web@${commit}`);
  });
});
