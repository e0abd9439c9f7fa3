import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gzipSync } from "node:zlib";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { havePostgres } from "../../support/postgres.ts";
import { aBundle, agentOf, type HubRig, registerAgent, startHub } from "./hub-rig.ts";

const engines = ["sqlite" as const, ...(havePostgres() ? ["postgres" as const] : [])];
const fleet = "fleet.cattle.io/v1alpha1";

describe.each(engines)("what the hub tells agents to remove, on %s", (engine) => {
  let hub: HubRig;
  let git: TestGitServer;
  beforeAll(async () => {
    [hub, git] = await Promise.all([startHub(engine), startGitServer()]);
  });
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await git?.[Symbol.asyncDispose]();
  });

  async function followRepo(name: string): Promise<void> {
    const repo = await git.createRepository(name);
    await git.commit(name, {
      message: "first",
      files: { "app/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\n" },
    });
    const spec = { repo, branch: "main", pollingInterval: "1s", targets: [{ clusterSelector: {} }] };
    await hub.apply({ apiVersion: fleet, kind: "GitRepo", metadata: { name, namespace: "fleet-default" }, spec });
    await until(`${name} is deployed`, async () => (await hub.kubectl(["get", "bundle", name])).exitCode === 0);
  }

  it("never mentions a bundle that it has not heard of, also after a restart", async () => {
    const agent = await registerAgent(hub, "unknown");
    const holds = ["fleet-default/nobody-made-it", "other/elsewhere", "nonsense", ""];
    expect((await agent.document({ holds })).remove).toEqual([]);
    await hub.stop();
    await hub.start();
    expect((await agent.document({ holds })).remove).toEqual([]);
  });

  it("says so when a bundle was deleted or is not aimed at the cluster, the same before and after a restart", async () => {
    await hub.apply(aBundle("gone"), aBundle("moved", { matchLabels: { env: "prod" } }));
    const agent = await registerAgent(hub, "reasons", { labels: { env: "prod" } });
    const held = (await agent.document()).deployments.map(({ bundle }) => bundle);
    expect(held).toEqual(expect.arrayContaining(["fleet-default/gone", "fleet-default/moved"]));
    await hub.kubectl(["delete", "bundle", "gone"]);
    await hub.kubectl(["label", "cluster", "reasons", "env=dev", "--overwrite"]);
    const holds = ["fleet-default/gone", "fleet-default/moved"];
    const before = await agent.document({ holds });
    expect(before.remove.map(({ bundle, reason }) => [bundle, reason])).toEqual([
      ["fleet-default/gone", "bundle-deleted"],
      ["fleet-default/moved", "not-targeted"],
    ]);
    await hub.stop();
    await hub.start();
    const after = await agent.document({ holds });
    expect([after.tag, after.remove]).toEqual([before.tag, before.remove]);
    expect(after.revision).toBeGreaterThanOrEqual(before.revision);
    await hub.apply(aBundle("gone"));
    expect((await agent.document({ holds })).remove.map(({ bundle }) => bundle)).toEqual(["fleet-default/moved"]);
  });

  it("refuses a Bundle or ClusterGroup whose selector is none, so that nothing moves", async () => {
    const agent = await registerAgent(hub, "faulty");
    await hub.apply(aBundle("faulty"));
    const { tag } = await agent.document();
    const operator = { matchExpressions: [{ key: "env", operator: "Near", values: ["x"] }] };
    for (const object of [
      aBundle("faulty", operator),
      {
        apiVersion: fleet,
        kind: "ClusterGroup",
        metadata: { name: "g", namespace: "fleet-default" },
        spec: { selector: operator },
      },
    ])
      await expect(hub.apply(object)).rejects.toThrow(/Near|operator/u);
    expect((await agent.checkIn({ tag })).status).toBe(204);
  });

  it("removes the bundles of a deleted GitRepo, and says which GitRepo it was", async () => {
    await followRepo("deleted-now");
    const agent = await registerAgent(hub, "git-now");
    await hub.kubectl(["delete", "gitrepo", "deleted-now"]);
    const holds = ["fleet-default/deleted-now"];
    await until("the removal is said", async () => (await agent.document({ holds })).remove.length > 0);
    expect((await agent.document({ holds })).remove[0]).toMatchObject({
      reason: "bundle-deleted",
      because: "GitRepo deleted-now deleted",
    });
  });

  it("keeps a paused cluster's bundles, marked as paused", async () => {
    await hub.apply(aBundle("running"));
    const agent = await registerAgent(hub, "paused");
    await hub.kubectl(["patch", "cluster", "paused", "--type=merge", "-p", '{"spec":{"paused":true}}']);
    const { deployments, remove } = await agent.document({ holds: ["fleet-default/running"] });
    expect(deployments.length).toBeGreaterThan(0);
    expect(deployments.every(({ paused }) => paused === true)).toBe(true);
    expect(remove).toEqual([]);
  });

  it("brings a Bundle made by hand to an agent, plain and as base64 of gzip, and keeps it when somebody labels it", async () => {
    const content = gzipSync("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: packed }\n").toString("base64");
    await hub.apply(
      aBundle("plain"),
      aBundle("packed", {}, { spec: { resources: [{ name: "cm.yaml", content, encoding: "base64+gz" }] } }),
    );
    const agent = await registerAgent(hub, "by-hand");
    const find = async (): Promise<unknown[]> =>
      (await agent.document()).deployments.filter(({ bundle }) => /plain|packed/u.test(bundle));
    const before = await find();
    expect(before).toHaveLength(2);
    for (const { content: digest } of (await agent.document()).deployments)
      expect((await agent.blob(digest)).status).toBe(200);
    await hub.kubectl(["label", "bundle", "plain", "team=a"]);
    await hub.stop();
    await hub.start();
    expect(await find()).toEqual(before);
    await expect(
      hub.apply(
        aBundle(
          "broken",
          {},
          { spec: { resources: [{ name: "cm.yaml", content: "no gzip", encoding: "base64+gz" }] } },
        ),
      ),
    ).rejects.toThrow("is not gzip in base64");
  });

  it("keeps a bundle from Git deployable when somebody labels it, also after a restart", async () => {
    await followRepo("labelled");
    const agent = await registerAgent(hub, "git-label");
    const find = async (): Promise<unknown> =>
      (await agent.document()).deployments.find(({ bundle }) => bundle === "fleet-default/labelled");
    const before = await find();
    expect(before).toBeDefined();
    await hub.kubectl(["label", "bundle", "labelled", "team=a"]);
    expect(await find()).toEqual(before);
    await hub.stop();
    await hub.start();
    expect(await find()).toEqual(before);
  });
});

describe("another hub under the same address", () => {
  it("does not know the agents of the one before, and so tells them nothing", async () => {
    let credential = "";
    {
      await using first = await startHub();
      ({ credential } = await registerAgent(first, "moved"));
    }
    await using second = await startHub();
    const answer = await agentOf(second, "moved", credential).checkIn({ holds: ["fleet-default/app"] });
    expect(answer.status).toBe(401);
    const again = await registerAgent(second, "moved");
    expect((await again.document({ holds: ["fleet-default/app"] })).remove).toEqual([]);
  });
});
