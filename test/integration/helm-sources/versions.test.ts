import { describe, expect, it } from "vitest";
import { chartIntervalAnnotation } from "../../../shared/api/annotations.ts";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { startChartServer } from "../../support/chart-server.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer } from "../../support/git-server.ts";
import { type HubRig, startHub } from "../hub/hub-rig.ts";

const metadata = { name: "shop", namespace: "fleet-default" };

interface BundleRead {
  readonly generation: number;
  readonly content: string;
  readonly charts: readonly Readonly<Record<string, string>>[];
}

/** Returns what the hub says of the one Bundle, undefined while it is not there. */
async function readBundle(hub: HubRig): Promise<BundleRead | undefined> {
  const { exitCode, stdout } = await hub.kubectl(["get", "bundle", "shop-web", "-o", "json"]);
  if (exitCode !== 0) return undefined;
  const object: {
    metadata: { generation: number; annotations: Record<string, string> };
    status: { charts: BundleRead["charts"] };
  } = JSON.parse(stdout);
  const { generation, annotations } = object.metadata;
  return { generation, content: annotations["drover.dev/content"] ?? "", charts: object.status.charts };
}

async function resolved(hub: HubRig): Promise<string | undefined> {
  return (await readBundle(hub))?.charts[0]?.["resolved"];
}

async function checkedAt(hub: HubRig): Promise<string> {
  return (await readBundle(hub))?.charts[0]?.["checkedAt"] ?? "";
}

describe("a hub with a chart's version range", () => {
  it("takes a new version without a commit once the interval is over, and shows range, version and time", async () => {
    await using charts = await startChartServer();
    await using git = await startGitServer();
    await using hub = await startHub();
    charts.add("web", "1.0.0");
    const repo = await git.createRepository("shop");
    const files = { "web/fleet.yaml": `helm: {repo: "${charts.url}/repo", chart: web, version: ">=1.0.0"}\n` };
    await git.commit("shop", { message: "first", files });
    const annotations = { [chartIntervalAnnotation]: "1s" };
    const spec = { repo, branch: "main", pollingInterval: "1h" };
    await hub.apply({ apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { ...metadata, annotations }, spec });
    await until("the bundle is there", async () => (await resolved(hub)) === "1.0.0");
    const before = await readBundle(hub);
    expect(before?.charts).toEqual([
      {
        chart: "web",
        repo: `${charts.url}/repo`,
        version: ">=1.0.0",
        resolved: "1.0.0",
        url: `${charts.url}/repo/web-1.0.0.tgz`,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/u),
        checkedAt: expect.stringMatching(/^\d{4}-.*Z$/u),
      },
    ]);
    await until(
      "it was looked up again",
      async () => (await checkedAt(hub)) > (before?.charts[0]?.["checkedAt"] ?? "~"),
    );
    expect((await readBundle(hub))?.generation).toBe(before?.generation);
    charts.add("web", "1.1.0");
    await until("the new version is in the bundle", async () => (await resolved(hub)) === "1.1.0");
    expect((await readBundle(hub))?.content).not.toBe(before?.content);
  });

  it("holds a commit to its versions over a restart and a change of options, until a sync is forced", async () => {
    await using charts = await startChartServer();
    await using git = await startGitServer();
    await using hub = await startHub("sqlite", { args: ["--chart-interval-seconds", "0"] });
    charts.add("web", "1.0.0");
    const repo = await git.createRepository("shop");
    const files = { "web/fleet.yaml": `helm: {repo: "${charts.url}/repo", chart: web}\n` };
    await git.commit("shop", { message: "first", files });
    const spec = { repo, branch: "main", pollingInterval: "1s" };
    const apply = async (more: object): Promise<void> =>
      hub.apply({ apiVersion: fleetApiVersion, kind: "GitRepo", metadata, spec: { ...spec, ...more } });
    await apply({});
    await until("the bundle is there", async () => (await resolved(hub)) === "1.0.0");
    const first = await readBundle(hub);
    charts.add("web", "1.1.0");
    await hub.stop();
    await hub.start();
    await apply({ targetNamespace: "moved" });
    await until("the options are in force", async () => ((await readBundle(hub))?.generation ?? 0) > 1);
    expect(await readBundle(hub)).toMatchObject({ content: first?.content, charts: first?.charts });
    await apply({ targetNamespace: "moved", forceSyncGeneration: 1 });
    await until("the new version is in the bundle", async () => (await resolved(hub)) === "1.1.0");
    charts.add("web", "1.2.0");
    await git.commit("shop", { message: "second", files: { "web/values.txt": "x" } });
    await until("the new commit has the newest version", async () => (await resolved(hub)) === "1.2.0");
  });
});
