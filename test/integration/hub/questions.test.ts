import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { questionSchema, type Question, questionsSchema } from "../../../shared/protocol/questions.ts";
import { answersRoute } from "../../../shared/protocol/routes.ts";
import { followRepository, until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { aBundle, adminToken, type Answer, type FakeAgent, type HubRig, registerAgent, startHub } from "./hub-rig.ts";

/** The agent's next check-in, which the hub holds until somebody asks. */
async function nextQuestion(agent: FakeAgent & { readonly tag: string }, answering: string[] = []): Promise<Question> {
  const answer = await agent.checkIn({ tag: agent.tag, waitMs: 10_000, answering });
  const [first] = questionsSchema.parse(answer.json).questions;
  return questionSchema.parse(first);
}

const cm = (size: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  size: ${size}\n`;

describe("questions at the hub", () => {
  let hub: HubRig;
  let git: TestGitServer;
  let admin: string;
  beforeAll(async () => {
    hub = await startHub();
    git = await startGitServer();
    admin = await adminToken(hub);
    await hub.apply(aBundle("app"));
  });
  afterAll(async () => {
    await git?.[Symbol.asyncDispose]();
    await hub?.[Symbol.asyncDispose]();
  });

  async function anAgent(name: string): Promise<FakeAgent & { readonly tag: string }> {
    const agent = await registerAgent(hub, name);
    const { tag } = await agent.document({ full: true });
    return { ...agent, tag };
  }
  async function ask(cluster: string, what: string, token = admin): Promise<Answer> {
    const words = `get bundledeployments -A -l fleet.cattle.io/cluster=${cluster} -o jsonpath={.items[0].metadata.namespace}`;
    const { stdout } = await hub.kubectl(words.split(" "));
    const path = `/apis/fleet.cattle.io/v1alpha1/namespaces/${stdout}/bundledeployments/app/${what}`;
    return hub.call(path, { token });
  }
  async function reply(agent: FakeAgent, body: object): Promise<number> {
    const { status } = await hub.call(answersRoute.path, { method: "POST", token: agent.credential, body });
    return status;
  }
  const inventory = { kind: "inventory", objects: [] } as const;

  it("brings a question to the held check-in of one agent, with the asker's name, and its answer back", async () => {
    const agent = await anAgent("one");
    const asked = ask("one", "inventory");
    const question = await nextQuestion(agent);
    expect(question).toMatchObject({
      kind: "inventory",
      bundle: "fleet-default/app",
      asker: "admin",
      withinMs: 10_000,
    });
    expect(await reply(agent, { id: question.id, answer: inventory })).toBe(204);
    expect((await asked).json).toMatchObject({ kind: "AgentAnswer", cluster: "one", answer: inventory });
    expect(await reply(agent, { id: question.id, answer: inventory })).toBe(404);
  });

  it("takes an answer only from the agent that was asked, and only to what was asked", async () => {
    const [agent, other] = [await anAgent("two"), await anAgent("three")];
    const asked = ask("two", "inventory");
    const { id } = await nextQuestion(agent);
    expect(await reply(other, { id, answer: inventory })).toBe(404);
    expect(await reply(agent, { id, answer: { kind: "weather" } })).toBe(400);
    expect(await reply(agent, { id, answer: { kind: "logs", logs: [] } })).toBe(204);
    expect((await asked).status).toBe(500);
  });

  it("sends a question again until the agent says that it has it", async () => {
    const agent = await anAgent("four");
    const asked = ask("four", "inventory?timeoutSeconds=20");
    const { id } = await nextQuestion(agent);
    expect((await nextQuestion(agent)).id).toBe(id);
    const quiet = await agent.checkIn({ tag: agent.tag, waitMs: 300, answering: [id] });
    expect(quiet.status).toBe(204);
    expect(await reply(agent, { id, refusal: { code: "KUBE_FORBIDDEN", message: "cannot list events" } })).toBe(204);
    const { status, text } = await asked;
    expect([status, text]).toEqual([403, expect.stringContaining("cannot list events")]);
  });

  it("tells at once that an agent is too old, and after its time that it is silent", async () => {
    const agent = await anAgent("five");
    const asked = ask("five", "diff");
    const old = await agent.checkIn({ tag: agent.tag, waitMs: 500 });
    expect(old.status).toBe(204);
    expect((await asked).text).toContain("older than its hub");
    const { status, text } = await ask("five", "diff?timeoutSeconds=1");
    expect([status, text]).toEqual([504, expect.stringContaining("AGENT_SILENT")]);
  });

  it("opens no more than eight questions to one cluster", async () => {
    await anAgent("six");
    const answers = await Promise.all(Array.from({ length: 9 }, async () => ask("six", "diff?timeoutSeconds=2")));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([429, ...Array(8).fill(504)]);
  });

  it("lets each kind of question be granted apart", async () => {
    await anAgent("seven");
    const rbac = "rbac.authorization.k8s.io";
    const rules = [{ apiGroups: ["fleet.cattle.io"], resources: ["bundledeployments/diff"], verbs: ["get"] }];
    await hub.apply(
      { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "differ" }, rules },
      {
        apiVersion: `${rbac}/v1`,
        kind: "ClusterRoleBinding",
        metadata: { name: "differ" },
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "differ" },
        subjects: [{ apiGroup: rbac, kind: "User", name: "ann" }],
      },
    );
    const user = { apiVersion: "fleet.cattle.io/v1alpha1", kind: "User", metadata: { name: "ann" }, spec: {} };
    await hub.apply(user);
    const { json } = await hub.call("/apis/fleet.cattle.io/v1alpha1/users/ann/token", {
      method: "POST",
      token: admin,
      body: user,
      headers: { "content-type": "application/json" },
    });
    const { status } = json;
    const token = typeof status === "object" && status !== null && "token" in status ? String(status.token) : "";
    expect((await ask("seven", "diff?timeoutSeconds=1", token)).status).toBe(504);
    for (const what of ["live?kind=Secret&name=a", "events", "logs", "inventory", "plan"]) {
      expect((await ask("seven", what, token)).status).toBe(403);
    }
  });

  it("serves the blobs of a planned commit to the asked agent only, and only while the question is open", async () => {
    const url = await git.createRepository("plans");
    await git.commit("plans", { files: { "web/fleet.yaml": "defaultNamespace: shop\n", "web/cm.yaml": cm("small") } });
    const commit = await git.commit("plans", { branch: "more", files: { "web/cm.yaml": cm("large") } });
    await followRepository({ kubeconfigPath: hub.kubeconfigPath }, { name: "plans", url });
    const bundles = async (): Promise<string> =>
      (await hub.kubectl(["get", "bundles,gitrepos", "-A", "-o", "yaml"])).stdout;
    await until("the bundle is there", async () => (await bundles()).includes("name: plans-web"), {
      describe: bundles,
    });
    const [agent, other] = [await anAgent("eight"), await anAgent("nine")];
    const path = "/apis/fleet.cattle.io/v1alpha1/namespaces/fleet-default/gitrepos/plans/plan";
    const asked = hub.call(`${path}?cluster=eight&commit=${commit}`, { token: admin });
    const question = await nextQuestion(agent);
    if (question.kind !== "plan") throw new Error(`another question: ${question.kind}`);
    const [deployment] = question.deployments;
    const content = deployment?.content ?? "";
    expect(deployment).toMatchObject({ bundle: "fleet-default/plans-web", commit });
    expect([(await agent.blob(content)).status, (await other.blob(content)).status]).toEqual([200, 404]);
    expect((await agent.blob(deployment?.options ?? "")).status).toBe(200);
    expect(await reply(agent, { id: question.id, answer: { kind: "plan", deployments: [] } })).toBe(204);
    expect((await asked).json).toMatchObject({ commit, unchanged: 0, faults: [] });
    expect((await agent.blob(content)).status).toBe(404);
    const empty = await git.commit("plans", {
      branch: "none",
      delete: ["web"],
      files: { "README.md": "nothing here" },
    });
    const held = await hub.call(`${path}?cluster=eight&commit=${empty}`, { token: admin });
    expect(held.json).toMatchObject({ answer: { kind: "plan", deployments: [] }, faults: [{ code: "NO_BUNDLES" }] });
    expect((await hub.call(`${path}?cluster=nowhere`, { token: admin })).status).toBe(404);
    expect((await hub.call(`${path}?cluster=eight&timeoutSeconds=0`, { token: admin })).status).toBe(400);
    const current = await agent.document();
    expect(current.deployments.map((one) => one.content)).not.toContain(content);
  });
});
