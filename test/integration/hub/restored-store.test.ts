import { execFile } from "node:child_process";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { havePostgres } from "../../support/postgres.ts";
import { findPostgresBinDir } from "../../support/postgres-server.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";
import { aBundle, type FakeAgent, type HubRig, registerAgent, startHub } from "./hub-rig.ts";

const kept = "fleet-default/for-prod";

/** How a backup is made: of files while the hub rests or runs, or by `pg_dump` under the running hub. */
type Way = "cold backup" | "dump of PostgreSQL" | "hot backup";

const toolsDir = await findPostgresBinDir(["pg_dump", "pg_restore"]);
const ways: readonly Way[] = [
  "cold backup",
  "hot backup",
  ...(havePostgres() && toolsDir !== undefined ? (["dump of PostgreSQL"] as const) : []),
];

/** A hub that followed a GitRepo to a newer commit, with one more bundle, after the backup. */
async function followAfterBackup(hub: HubRig, backup: TempDir, git: TestGitServer) {
  const repo = await git.createRepository("shop");
  await git.commit("shop", { files: appFiles("one") });
  const spec = { repo, branch: "main", pollingInterval: "1s", targets: [{ clusterSelector: {} }] };
  const metadata = { name: "shop", namespace: "fleet-default" };
  await hub.apply({ apiVersion: fleetApiVersion, kind: "GitRepo", metadata, spec });
  const agent = await registerAgent(hub, "east");
  await isDeployed(agent, "fleet-default/shop-one");
  await hub.stop();
  await copyStore(hub, backup);
  await hub.start();
  await git.commit("shop", { files: appFiles("two") });
  const holds = ["fleet-default/shop-one", "fleet-default/shop-two"];
  await isDeployed(agent, "fleet-default/shop-two");
  const { epoch, revision } = await agent.document({ holds, full: true, statuses: statusesOf(holds) });
  return { agent, holds, follows: { epoch, revision } };
}

function appFiles(name: string): Readonly<Record<string, string>> {
  const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
  return { [`${name}/fleet.yaml`]: "", [`${name}/cm.yaml`]: manifest };
}

async function isDeployed(agent: FakeAgent, wanted: string): Promise<void> {
  const bundles = async () => (await agent.document()).deployments.map(({ bundle }) => bundle);
  await until(`${wanted} is deployed`, async () => (await bundles()).includes(wanted), {
    timeoutMs: 15_000,
    describe: async () => (await bundles()).join(" "),
  });
}

async function copyStore(hub: HubRig, backup: TempDir): Promise<void> {
  for (const file of await readdir(hub.dataDir))
    if (file.startsWith("drover.db")) await cp(join(hub.dataDir, file), join(backup.path, file));
}

/** A hub with a cluster that was given the label `env=prod`, and so a bundle, after the backup. */
async function aimAfterBackup(
  hub: HubRig,
  backup: TempDir,
  way: Way,
): Promise<{ readonly agent: FakeAgent; readonly follows: { epoch: string; revision: number } }> {
  await hub.apply(aBundle("for-all"), aBundle("for-prod", { matchLabels: { env: "prod" } }));
  const agent = await registerAgent(hub, "east", { labels: { env: "dev" } });
  await agent.document();
  if (way === "cold backup") await hub.stop();
  if (hub.databaseUrl !== undefined)
    await postgresTool("pg_dump", ["--format=custom", `--file=${join(backup.path, "dump")}`, hub.databaseUrl]);
  await copyStore(hub, backup);
  if (way === "cold backup") await hub.start();
  await hub.kubectl(["label", "cluster", "east", "env=prod", "--overwrite"]);
  const { epoch, revision, deployments } = await agent.document();
  expect(deployments.map(({ bundle }) => bundle)).toContain(kept);
  const holds = ["fleet-default/for-all", kept];
  await agent.checkIn({ full: true, statuses: statusesOf(holds), holds });
  return { agent, follows: { epoch, revision } };
}

async function restore(hub: HubRig, backup: TempDir): Promise<void> {
  await hub.stop();
  if (hub.databaseUrl === undefined) {
    for (const file of await readdir(hub.dataDir)) if (file.startsWith("drover.db")) await rm(join(hub.dataDir, file));
    await cp(backup.path, hub.dataDir, { recursive: true });
  } else {
    const over = ["--clean", "--if-exists", "--exit-on-error", `--dbname=${hub.databaseUrl}`];
    await postgresTool("pg_restore", [...over, join(backup.path, "dump")]);
  }
  await hub.start();
}

/** Runs one of the programs that come with PostgreSQL. */
async function postgresTool(name: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(join(toolsDir ?? "", name), [...args]);
}

async function mark(hub: HubRig, workspace = "fleet-default"): Promise<string> {
  const jsonpath = "jsonpath={.metadata.annotations.drover\\.dev/restored}";
  return (await hub.kubectl(["get", "namespace", workspace, "-o", jsonpath])).stdout;
}

async function drover(hub: HubRig, ...words: readonly string[]) {
  const { context, output, errors } = createTestContext({
    cwd: hub.dataDir,
    env: { DROVER_KUBECONFIG: hub.kubeconfigPath },
  });
  return { code: await runCli(words, context), output: output(), errors: errors() };
}

async function approve(hub: HubRig): Promise<void> {
  expect(await drover(hub, "approve", "restore")).toMatchObject({ code: 0 });
}

it.each(ways)(
  "a store restored from a %s is found out, and removes nothing until somebody approves it",
  { timeout: 60_000 },
  async (way) => {
    await using hub = await startHub(way === "dump of PostgreSQL" ? "postgres" : "sqlite");
    await using backup = await createTempDir("backup");
    const { agent, follows } = await aimAfterBackup(hub, backup, way);
    await restore(hub, backup);
    expect(await mark(hub)).toBe("");
    // The hub goes on before the first agent is heard of: its number may come close to, or pass, what the agent has.
    for (let step = 0; step < 5; step++) await hub.kubectl(["annotate", "cluster", "east", `step${step}=1`]);
    const holds = ["fleet-default/for-all", kept];
    const document = await agent.document({ follows, holds, full: true, statuses: statusesOf(holds) });
    expect([document.epoch, document.remove]).toEqual([follows.epoch, []]);
    expect(document.revision).toBeGreaterThan(follows.revision);
    expect(document.deployments.map(({ bundle }) => bundle)).toEqual(["fleet-default/for-all"]);
    const since = await mark(hub);
    expect(since).toMatch(/^\d{4}-/u);
    expect(await mark(hub, "other")).toBe(since);
    await until("it is said", async () => {
      const { stdout } = await hub.kubectl(["get", "cluster", "east", "-o", "jsonpath={.status}"]);
      return stdout.includes("STORE_RESTORED: keeps for-prod until") && stdout.includes('"heldRemoval"');
    });
    expect((await hub.kubectl(["get", "events", "-o", "jsonpath={.items[*].reason}"])).stdout).toBe("StoreRestored");

    const newer = { epoch: document.epoch, revision: document.revision };
    await hub.stop();
    await hub.start();
    expect(await mark(hub)).toBe(since);
    expect((await agent.document({ follows: newer, holds })).remove).toEqual([]);

    const status = await drover(hub, "status");
    expect(status).toMatchObject({ code: 3 });
    expect(status.output).toContain("STORE_RESTORED: keeps for-prod until somebody approves it");
    const shown = await drover(hub, "approve", "restore", "--show");
    const waits = `workspace fleet-default waits since ${since}\ncluster/east would remove for-prod\n`;
    expect(shown).toEqual({ code: 3, output: waits, errors: "" });
    await approve(hub);
    expect(await drover(hub, "approve", "restore")).toMatchObject({ code: 1, output: "" });
    const { remove } = await agent.document({ follows: newer, holds });
    expect(remove).toMatchObject([{ bundle: kept, reason: "not-targeted" }]);
    // Whoever was not heard of again yet does not bring the mark back.
    expect((await agent.document({ follows, holds })).remove).toHaveLength(1);
    expect(await mark(hub)).toBe("");
  },
);

it(
  "a hub whose Git server is down tells all that it knew, and after a restore nothing at all",
  { timeout: 60_000 },
  async () => {
    await using hub = await startHub();
    await using backup = await createTempDir("backup");
    await using git = await startGitServer();
    const { agent, follows, holds } = await followAfterBackup(hub, backup, git);
    const { tag, deployments } = await agent.document({ follows, holds });
    await git.goDown();
    await hub.stop();
    await hub.start();
    expect(await agent.document({ follows, holds })).toMatchObject({ tag, deployments, remove: [] });

    await restore(hub, backup);
    // The backup knows nothing of the newer commit: no tag, of whatever document, makes the hub tell what it has.
    for (const known of [tag, "another"])
      expect((await agent.checkIn({ follows, holds, tag: known, waitMs: 1000 })).status).toBe(204);
    const status = async (): Promise<string> => (await hub.kubectl(["get", "gitrepo", "shop", "-o", "json"])).stdout;
    const said = "clusters keep all that they have while it looks at GitRepo shop, and remove nothing";
    await until("it is said", async () => (await status()).includes(said), { describe: status });

    await git.comeBack();
    const isThere = async (): Promise<boolean> =>
      (await agent.checkIn({ follows, holds, tag: "another" })).status === 200;
    await until("the hub speaks again", isThere, { describe: status });
    expect(await agent.document({ follows, holds })).toMatchObject({ deployments, remove: [] });
  },
);

it("a held check-in is answered as soon as a restore is approved", { timeout: 60_000 }, async () => {
  await using hub = await startHub();
  await using backup = await createTempDir("backup");
  const { agent, follows } = await aimAfterBackup(hub, backup, "cold backup");
  await restore(hub, backup);
  const holds = ["fleet-default/for-all", kept];
  const { tag } = await agent.document({ follows, holds });
  const held = agent.checkIn({ tag, follows, holds, waitMs: 30_000 });
  const startMs = performance.now();
  await approve(hub);
  expect((await held).json).toMatchObject({ remove: [{ bundle: kept }] });
  expect(performance.now() - startMs).toBeLessThan(20_000);
});

it("what an agent says of another store, or cannot be, marks nothing", { timeout: 60_000 }, async () => {
  await using hub = await startHub();
  const agent = await registerAgent(hub, "west");
  const { epoch, revision } = await agent.document();
  expect((await agent.checkIn({ follows: { epoch: "another", revision: revision + 5 } })).status).toBe(200);
  expect((await agent.checkIn({ follows: { epoch, revision: Number.MAX_SAFE_INTEGER } })).status).toBe(400);
  expect((await agent.checkIn({ follows: { epoch, revision } })).status).toBe(200);
  await hub.stop();
  await hub.start();
  expect((await agent.checkIn({ follows: { epoch, revision } })).status).toBe(200);
  expect(await mark(hub)).toBe("");
});

function statusesOf(bundles: readonly string[]) {
  return bundles.map((bundle) => ({ bundle, state: "Ready" as const, appliedDeploymentId: "1" }));
}
