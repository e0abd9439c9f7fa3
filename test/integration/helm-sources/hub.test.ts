import { describe, expect, it } from "vitest";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer } from "../../support/git-server.ts";
import { startHub } from "../hub/hub-rig.ts";

const credential = { username: "someone", password: "s3cret" };

describe("a hub with charts of a private registry", () => {
  it("fetches a chart once its Secret is there, and shows what the version came to", async () => {
    await using charts = await startChartServer({ auth: credential });
    await using git = await startGitServer();
    await using hub = await startHub();
    charts.add("web", "1.0.0");
    charts.add("web", "1.4.0");
    const repo = await git.createRepository("shop");
    const chart = `oci://${charts.host}/charts/web`;
    await git.commit("shop", {
      message: "first",
      files: { "web/fleet.yaml": `helm: {repo: "${chart}", version: ">=1.0.0"}\n` },
    });
    const metadata = { name: "shop", namespace: "fleet-default" };
    const spec = { repo, branch: "main", pollingInterval: "1s", helmSecretName: "charts", helmRepoURLRegex: "oci://" };
    await hub.apply({ apiVersion: fleetApiVersion, kind: "GitRepo", metadata, spec });
    const read = async (...what: string[]): Promise<string> => (await hub.kubectl(["get", ...what])).stdout;
    await until("the missing Secret is told", async () =>
      (await read("gitrepo", "shop", "-o", "yaml")).includes("fleet-default/charts does not exist"),
    );
    await hub.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "charts", namespace: "fleet-default" },
      stringData: { ...credential, basicHTTP: "true" },
    });
    await until("the bundle is there", async () => (await hub.kubectl(["get", "bundle", "shop-web"])).exitCode === 0);
    expect(await read("bundle", "shop-web", "-o", "jsonpath={.metadata.annotations.drover\\.dev/charts}")).toContain(
      '"resolved":"1.4.0"',
    );
    await until(
      "no fault is left",
      async () => !(await read("gitrepo", "shop", "-o", "yaml")).includes("does not exist"),
    );
  });
});
