import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { runCli } from "../../../cli/main.ts";
import { questionsSchema } from "../../../shared/protocol/questions.ts";
import { answersRoute } from "../../../shared/protocol/routes.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { havePostgres } from "../../support/postgres.ts";
import { adminToken, type FakeAgent, type HubRig, registerAgent, startHub } from "./hub-rig.ts";

const engines = ["sqlite" as const, ...(havePostgres() ? ["postgres" as const] : [])];
const holds = ["fleet-default/config-app"];

describe.each(engines)("clusters that would lose a GitRepo's bundle in numbers, on %s", (engine) => {
  let hub: HubRig;
  let git: TestGitServer;
  let agents: readonly FakeAgent[];

  async function aim(selector: object): Promise<void> {
    const repo = `${git.url}/config.git`;
    const spec = { repo, branch: "main", pollingInterval: "1s", targets: [{ clusterSelector: selector }] };
    const metadata = { name: "config", namespace: "fleet-default" };
    await hub.apply({ apiVersion: "fleet.cattle.io/v1alpha1", kind: "GitRepo", metadata, spec });
  }
  const removals = async (): Promise<number> => {
    const documents = await Promise.all(agents.map(async (agent) => agent.document({ holds })));
    return documents.filter(({ remove }) => remove.length > 0).length;
  };
  const aimedAt = async (): Promise<number> => {
    const documents = await Promise.all(agents.map(async (agent) => agent.document({ holds })));
    return documents.filter(({ deployments }) => deployments.length > 0).length;
  };

  /** Returns what the plan of a commit says for the first cluster, whose agent answers that its one object would go. */
  async function planned(agent: FakeAgent | undefined, commit: string): Promise<unknown> {
    const path = `/apis/fleet.cattle.io/v1alpha1/namespaces/fleet-default/gitrepos/config/plan?cluster=c0&commit=${commit}`;
    const asked = hub.call(path, { token: await adminToken(hub) });
    const { tag = "" } = (await agent?.document({ holds })) ?? {};
    const answer = await agent?.checkIn({ tag, holds, waitMs: 10_000, answering: [] });
    const [question] = questionsSchema.parse(answer?.json).questions;
    const { id, remove } = z.object({ id: z.string(), remove: z.array(z.string()) }).parse(question);
    const nothing = { objects: [], unchanged: 0, held: [], released: [], hooks: [], warnings: [] };
    const object = { group: "", kind: "ConfigMap", namespace: "app", name: "app" };
    const deployments = remove.map((bundle) => ({ ...nothing, bundle, remove: [object] }));
    const body = { id, answer: { kind: "plan", deployments } };
    await hub.call(answersRoute.path, { method: "POST", token: agent?.credential ?? "", body });
    return z.object({ answer: z.object({ deployments: z.unknown() }) }).parse((await asked).json).answer.deployments;
  }

  beforeAll(async () => {
    [hub, git] = await Promise.all([startHub(engine), startGitServer()]);
    await git.createRepository("config");
    await git.commit("config", {
      message: "first",
      files: {
        "app/fleet.yaml": "defaultNamespace: app\n",
        "app/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\n",
      },
    });
    await aim({});
    const names = Array.from({ length: 6 }, (_unused, index) => `c${index}`);
    agents = await Promise.all(names.map(async (name) => registerAgent(hub, name, { labels: { name } })));
    await until("all get the bundle", async () => (await aimedAt()) === 6);
    for (const agent of agents) {
      const [wanted] = (await agent.document({ holds })).deployments;
      const statuses = [
        { bundle: wanted?.bundle ?? "", appliedDeploymentId: wanted?.deploymentId ?? "", state: "Ready" as const },
      ];
      await agent.document({ holds, full: true, statuses });
    }
  });
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await git?.[Symbol.asyncDispose]();
  });

  it("are told nothing and shown, also after a restart", async () => {
    await aim({ matchLabels: { name: "c0" } });
    await until("one keeps it", async () => (await aimedAt()) === 1);
    expect(await removals()).toBe(0);
    const { stdout } = await hub.kubectl(["get", "gitrepo", "config", "-o", "jsonpath={.status.heldRemoval}"]);
    expect(JSON.parse(stdout)).toEqual({ clusters: 5, of: 6, bundles: ["config-app"] });
    const described = await hub.kubectl(["get", "gitrepo", "config", "-o", "yaml"]);
    expect(described.stdout).toContain("5 of 6 clusters would lose config-app");
    const events = ["get", "events", "-o", "jsonpath={range .items[*]}{.reason}: {.message}{end}"];
    await until("an Event says so", async () => (await hub.kubectl(events)).stdout.includes("5 of 6 clusters"));
    expect((await hub.kubectl(events)).stdout).toMatch(/^RemovalHeld: .*drover approve gitrepo config/u);
    const listed = await hub.kubectl(["get", "events", "--field-selector", "reason=RemovalHeld,type=Warning"]);
    expect(listed.stdout).toMatch(/LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n.*RemovalHeld +gitrepo\/config /u);
    const told = await hub.kubectl(["describe", "gitrepo", "config"]);
    expect(told.stdout).toMatch(/^Events:\n[\s\S]*RemovalHeld .*drover-bundler/mu);
    await hub.stop();
    await hub.start();
    expect(await removals()).toBe(0);
  });

  it("remove it once somebody approved", async () => {
    const { context, output } = createTestContext({ cwd: "/", env: { DROVER_KUBECONFIG: hub.kubeconfigPath } });
    expect(await runCli(["approve", "gitrepo", "config"], context)).toBe(0);
    expect(output()).toContain("up to 5 clusters may lose config-app");
    await until("the removals are said", async () => (await removals()) === 5);
  });

  it("lose it where the GitRepo's budget allows so many", async () => {
    const text = JSON.stringify({ clustersPercent: 100 });
    await hub.kubectl(["annotate", "gitrepo", "config", `drover.dev/removal-budget=${text}`]);
    await aim({ matchLabels: { name: "nobody" } });
    await until("the removals are said", async () => (await removals()) === 6);
    await hub.kubectl(["annotate", "gitrepo", "config", "drover.dev/removal-budget-"]);
    await aim({ matchLabels: { name: "c0" } });
    await until("one has it again", async () => (await aimedAt()) === 1);
  });

  it("keep it, however few, when a commit's selector matches nothing any more, until somebody approved", async () => {
    for (const agent of agents.slice(1)) await agent.document({ holds: [], full: true, statuses: [] });
    await hub.kubectl(["annotate", "gitrepo", "config", "drover.dev/approved-loss-"]);
    const nobody = "overrideTargets: [{ name: none, clusterSelector: { matchLabels: { name: nobody } } }]\n";
    const files = {
      "app/fleet.yaml": `defaultNamespace: app\n${nobody}`,
      "stays/fleet.yaml": "defaultNamespace: app\n",
      "stays/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: stays }\n",
    };
    const [first] = agents;
    const typo = await git.commit("config", { message: "typo", branch: "typo", files });
    expect(await planned(first, typo)).toMatchObject([
      { bundle: holds[0], remove: [], held: [{ name: "app", reason: expect.stringContaining("held at the hub: ") }] },
    ]);
    await git.commit("config", { message: "typo", files });
    const heard = async () => first?.document({ holds });
    const wanted = async () => (await heard())?.deployments.map(({ bundle }) => bundle);
    await until("the commit is in force", async () => String(await wanted()) === "fleet-default/config-stays");
    expect((await heard())?.remove).toEqual([]);
    const said = async () => (await hub.kubectl(["get", "gitrepo", "config", "-o", "jsonpath={.status}"])).stdout;
    expect(await said()).toContain("would lose config-app: targets or labels leave it no cluster at all");
    await hub.stop();
    await hub.start();
    expect((await heard())?.remove).toEqual([]);
    const { context } = createTestContext({ cwd: "/", env: { DROVER_KUBECONFIG: hub.kubeconfigPath } });
    expect(await runCli(["approve", "gitrepo", "config"], context)).toBe(0);
    await until("the removal is said", async () => (await heard())?.remove.length === 1);
    await git.commit("config", { message: "mended", files: { "app/fleet.yaml": "defaultNamespace: app\n" } });
    await until("it is aimed again", async () => (await wanted())?.length === 2);
    expect((await hub.kubectl(["get", "bundle", "config-app", "-o", "yaml"])).stdout).not.toContain("aimed-at-nobody");
    await git.commit("config", { message: "as before", delete: ["stays/cm.yaml", "stays/fleet.yaml"], files: {} });
    await until("as before", async () => (await wanted())?.length === 1);
  });

  it("keep what they have when a commit empties the repository, or the GitRepo's budget cannot be read", async () => {
    const faults = async (): Promise<string> => (await hub.kubectl(["get", "gitrepo", "config", "-o", "yaml"])).stdout;
    const budget = (text: string) =>
      hub.kubectl(["annotate", "gitrepo", "config", `drover.dev/removal-budget=${text}`]);
    await budget("many");
    await until("the budget is refused", async () => (await faults()).includes("REMOVAL_BUDGET_INVALID"));
    await hub.kubectl(["annotate", "gitrepo", "config", "drover.dev/removal-budget-"]);
    await until("the budget is taken away", async () => !(await faults()).includes("REMOVAL_BUDGET_INVALID"));
    const files = { "README.md": "nothing\n" };
    await git.commit("config", { message: "empty", delete: ["app/fleet.yaml", "app/cm.yaml"], files });
    await until("the empty commit is seen", async () => (await faults()).includes("NO_BUNDLES"));
    expect(await aimedAt()).toBe(1);
  });
});
