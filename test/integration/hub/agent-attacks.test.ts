import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerRoute } from "../../../shared/protocol/routes.ts";
import { havePostgres } from "../../support/postgres.ts";
import {
  aBundle,
  adminToken,
  agentOf,
  type Answer,
  type HubRig,
  otherWord,
  registerAgent,
  registrationWord,
  startHub,
  webhookWord,
} from "./hub-rig.ts";

const engines = ["sqlite" as const, ...(havePostgres() ? ["postgres" as const] : [])];

describe.each(engines)("the agents' endpoints on %s", (engine) => {
  let hub: HubRig;
  beforeAll(async () => {
    hub = await startHub(engine);
  });
  afterAll(async () => hub?.[Symbol.asyncDispose]());

  async function register(body: unknown, token = registrationWord): Promise<Answer> {
    return hub.call(registerRoute.path, { method: "POST", token, body });
  }

  it("opens nothing without the right word, and says the same for every wrong one", async () => {
    const agent = await registerAgent(hub, "honest");
    const wrong = [undefined, "", "nonsense", registrationWord, await adminToken(hub), `${agent.credential}x`];
    for (const token of wrong) {
      const answer = await agentOf(hub, "honest", token ?? "").checkIn();
      expect([answer.status, answer.json["code"]]).toEqual([401, "AGENT_UNKNOWN"]);
    }
    expect((await register({ clusterUid: "u" }, agent.credential)).status).toBe(401);
    expect((await register({ clusterUid: "u" }, "nonsense")).status).toBe(401);
    expect((await agent.checkIn()).status).toBe(200);
    expect((await hub.call("/api/v1/namespaces", { token: agent.credential })).status).toBe(401);
    expect((await hub.call("/api/v1/namespaces", { token: registrationWord })).status).toBe(401);
  });

  it("takes no more agents once a registration token has expired or was deleted", async () => {
    const token = { apiVersion: "fleet.cattle.io/v1alpha1", kind: "ClusterRegistrationToken", spec: {} };
    const path = "/apis/fleet.cattle.io/v1alpha1/namespaces/fleet-default/clusterregistrationtokens";
    const issue = async (name: string, spec: object): Promise<string> => {
      const object = { ...token, metadata: { name, namespace: "fleet-default" }, spec };
      await hub.apply(object);
      const { json } = await hub.call(`${path}/${name}/token`, {
        method: "POST",
        token: await adminToken(hub),
        body: object,
        headers: { "content-type": "application/json" },
      });
      const { status } = json;
      return typeof status === "object" && status !== null && "token" in status ? String(status.token) : "";
    };
    const short = await issue("short", { ttl: "1ms" });
    const deleted = await issue("deleted", { clusterLabels: { env: "dev" } });
    expect((await register({ clusterUid: "late", name: "late" }, short)).status).toBe(401);
    expect(
      (await register({ clusterUid: "early", name: "early", labels: { env: "prod", a: "b" } }, deleted)).status,
    ).toBe(200);
    const { stdout } = await hub.kubectl(["get", "cluster", "early", "-o", "jsonpath={.metadata.labels}"]);
    expect(JSON.parse(stdout)).toEqual({ env: "dev", a: "b" });
    await hub.kubectl(["delete", "clusterregistrationtoken", "deleted"]);
    expect((await register({ clusterUid: "late", name: "late" }, deleted)).status).toBe(401);
    expect(short).toMatch(/^drover-/u);
  });

  it("refuses a name that another cluster holds, and takes the old credential back when the same registers again", async () => {
    const first = await registerAgent(hub, "taken", { clusterUid: "one" });
    const second = await register({ clusterUid: "two", name: "taken" });
    expect([second.status, second.json["code"]]).toEqual([409, "CLUSTER_NAME_TAKEN"]);
    const again = await registerAgent(hub, "another-name", { clusterUid: "one" });
    expect(again.name).toBe("taken");
    expect((await first.checkIn()).status).toBe(401);
    expect((await again.checkIn()).status).toBe(200);
  });

  it.each([
    ["a path", { clusterUid: "u-path", name: "../../etc/passwd" }],
    ["upper case", { clusterUid: "u-case", name: "Prod" }],
    ["a long name", { clusterUid: "u-long", name: "a".repeat(254) }],
    ["a made-up identity", { clusterUid: "../..//x" }],
    ["labels that are none", { clusterUid: "u-label", name: "labels", labels: { "not a label": "x y" } }],
    ["labels that are no text", { clusterUid: "u-label", name: "labels", labels: { a: 1 } }],
    ["no identity", { name: "nobody" }],
  ])("refuses to register %s", async (_what, body) => {
    const answer = await register(body);
    expect([answer.status, answer.json["code"]]).toEqual([400, "REQUEST_INVALID"]);
  });

  it("answers garbage and huge bodies as such, ignores unknown fields, and goes on", async () => {
    const agent = await registerAgent(hub, "garbage");
    const path = "/agent/v1/checkin";
    const post = async (body: string): Promise<Answer> =>
      hub.call(path, { method: "POST", token: agent.credential, body });
    for (const body of ["", "{", "null", "[]", '{"holds":"all"}', '{"waitMs":-1}'])
      expect((await post(body)).status).toBe(400);
    const known = '"waitMs":0,"holds":[],"full":false,"statuses":[]';
    expect((await post(`{${known},"surprise":true,"__proto__":{"full":true}}`)).status).toBe(200);
    const huge = await post(`{"holds":["${"x".repeat(17 * 1024 * 1024)}"]}`).catch(() => undefined);
    // The hub may hang up before all of it has been sent.
    expect([undefined, 413]).toContain(huge?.status);
    expect((await hub.call("/agent/v1/secrets", { token: agent.credential })).status).toBe(404);
    expect((await hub.call("/agent/v1/checkin?x=1", { method: "POST", token: agent.credential })).status).toBe(404);
    expect((await agent.checkIn()).status).toBe(200);
  });

  it("serves blobs only to agents whose own document names them", async () => {
    await hub.apply(aBundle("mine", { matchLabels: { owner: "a" } }), aBundle("theirs", {}, { namespace: "other" }));
    const a = await registerAgent(hub, "blob-a", { labels: { owner: "a" } });
    const b = await registerAgent(hub, "blob-b", { labels: { owner: "b" } });
    const stranger = await registerAgent(hub, "blob-s", { token: otherWord, labels: { owner: "a" } });
    const { deployments } = await a.document();
    expect(deployments.map(({ bundle }) => bundle)).toEqual(["fleet-default/mine"]);
    expect((await stranger.document()).deployments.map(({ bundle }) => bundle)).toEqual(["other/theirs"]);
    for (const digest of deployments.flatMap(({ content, options }) => [content, options])) {
      expect((await a.blob(digest)).status).toBe(200);
      expect((await b.blob(digest)).status).toBe(404);
    }
    const [mine] = deployments;
    expect((await stranger.blob(mine?.content ?? "")).status).toBe(404);
    for (const digest of ["", "..", "../../secret.key", "%2e%2e/x", "0".repeat(64), "constructor"])
      expect((await a.blob(digest)).status).toBe(404);
  });

  it("does not let a Bundle claim content of another workspace by annotation", async () => {
    await hub.apply(aBundle("secret", {}, { namespace: "other" }));
    const owner = await registerAgent(hub, "owner", { token: otherWord });
    const digest = (await owner.document()).deployments.find(({ bundle }) => bundle === "other/secret")?.content ?? "";
    const content = { files: digest, style: { charts: [], fetchedChart: false, kustomizations: [] }, kustomize: {} };
    const forged = {
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "Bundle",
      metadata: {
        name: "forged",
        namespace: "fleet-default",
        annotations: { "drover.dev/content": JSON.stringify(content) },
      },
      spec: { targets: [{ clusterSelector: {} }] },
    };
    await hub.apply(forged);
    const thief = await registerAgent(hub, "thief");
    const names = async (): Promise<string[]> => (await thief.document()).deployments.map(({ bundle }) => bundle);
    expect(await names()).not.toContain("fleet-default/forged");
    await hub.apply(aBundle("forged"));
    await hub.kubectl(["annotate", "bundle", "forged", "--overwrite", `drover.dev/content=${JSON.stringify(content)}`]);
    expect(await names()).toContain("fleet-default/forged");
    expect((await thief.blob(digest)).status).toBe(404);
  });

  it("does not know a deleted Cluster's agent any more, also while it waits", async () => {
    const agent = await registerAgent(hub, "deleted");
    const { tag } = await agent.document();
    const held = agent.checkIn({ tag, waitMs: 20_000 });
    await hub.kubectl(["delete", "cluster", "deleted"]);
    expect((await held).status).toBe(401);
    expect((await agent.checkIn({ tag })).status).toBe(401);
  });

  it("holds check-ins of two processes with one credential side by side", async () => {
    const agent = await registerAgent(hub, "twice");
    const { tag } = await agent.document();
    const held = [1, 2, 3].map(async () => agent.checkIn({ tag, waitMs: 1500 }));
    const startedAt = performance.now();
    expect((await hub.call("/healthz", { token: await adminToken(hub) })).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await hub.apply(aBundle("for-both", { matchLabels: { none: "of-them" } }));
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([204, 204, 204]);
  });

  it("takes signed webhooks of each kind and refuses all others", async () => {
    const body = JSON.stringify({
      ref: "refs/heads/main",
      after: "1".repeat(40),
      repository: { clone_url: "https://git.example/a.git", git_http_url: "https://git.example/a.git" },
      project: { git_http_url: "https://git.example/a.git", web_url: "https://git.example/a" },
    });
    const post = async (headers: Record<string, string>): Promise<number> =>
      (
        await hub.call("/webhook", {
          method: "POST",
          body,
          headers: { "content-type": "application/json", ...headers },
        })
      ).status;
    const signature = `sha256=${createHmac("sha256", webhookWord).update(body).digest("hex")}`;
    const forged = `sha256=${createHmac("sha256", "another-secret").update(body).digest("hex")}`;
    expect(await post({ "x-github-event": "push", "x-hub-signature-256": signature })).toBe(202);
    expect(await post({ "x-github-event": "push", "x-hub-signature-256": forged })).toBe(403);
    expect(await post({ "x-github-event": "push" })).toBe(403);
    expect(await post({ "x-gitlab-event": "Push Hook", "x-gitlab-token": webhookWord })).toBe(202);
    expect(await post({ "x-gitlab-event": "Push Hook", "x-gitlab-token": "guess" })).toBe(403);
    expect(await post({})).toBe(403);
    expect((await hub.call("/webhook")).status).toBe(405);
  });
});

it("refuses every webhook while no secret is configured", async () => {
  await using hub = await startHub("sqlite", { webhookSecret: false });
  const answer = await hub.call("/webhook", {
    method: "POST",
    body: "{}",
    headers: { "x-gitlab-event": "Push Hook", "x-gitlab-token": "" },
  });
  expect(answer.status).toBe(403);
});
