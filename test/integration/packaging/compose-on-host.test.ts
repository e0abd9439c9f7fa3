import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { freePort } from "../../kube/free-port.ts";
import { readComposeFile, readDockerfile, serviceOf } from "../../support/compose-file.ts";
import { until } from "../../support/e2e-chain.ts";
import { ownEnv } from "../../support/own-env.ts";
import { createTestDatabase, describeWithPostgres } from "../../support/postgres.ts";
import { startScript } from "../../support/script-process.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { startTestCluster } from "../../support/test-cluster.ts";

const root = join(import.meta.dirname, "../../..");
const run = promisify(execFile);
const compose = readComposeFile();

/** Where things of the containers are on this machine: text → text, longest first. */
type Places = Readonly<Record<string, string>>;

function here(text: string, places: Places): string {
  return Object.entries(places).reduce((moved, [there, local]) => moved.replaceAll(there, local), text);
}

function hereAll(values: Readonly<Record<string, string>>, places: Places): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, here(value, places)]));
}

/** Environment of a container that is built here: the image's, and the service's over it. */
function environmentOf(name: string): Record<string, string> {
  const { build, environment } = serviceOf(compose, name);
  return { ...readDockerfile(build?.dockerfile ?? "").env, ...environment };
}

describeWithPostgres("docker-compose.yml, its commands and variables used on this machine", () => {
  it("brings an example from its Git server to a cluster", { timeout: 180_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await createTempDir("compose"));
    const database = stack.use(await createTestDatabase());
    const cluster = stack.use(await startTestCluster({ name: "compose" }));
    const [hubPort, gitPort, healthPort] = [await freePort(), await freePort(), await freePort()];
    const places = {
      "postgres://drover:drover@database/drover": database.url,
      "/var/lib/drover-agent": join(folder.path, "agent"),
      "/var/lib/drover": join(folder.path, "hub"),
      "/opt/hub-ca": join(folder.path, "hub-ca"),
      "/srv/git": join(folder.path, "git"),
      "/kubeconfig/kubeconfig.yaml": cluster.kubeconfigPath,
      "https://bundler:7443": `https://localhost:${hubPort}`,
      "http://git:8080": `http://localhost:${gitPort}`,
    };
    await mkdir(join(folder.path, "hub-ca"));

    const image = readDockerfile("examples/Dockerfile");
    const git = stack.use(
      await startScript({
        name: "git",
        script: image.entrypoint[1] ?? "",
        args: image.command.map((word) => here(word, { ...places, "8080": String(gitPort) })),
      }),
    );
    await git.waitForLog(/^ready$/mu);

    const hubSettings = hereAll(environmentOf("bundler"), places);
    const env = { ...hubSettings, BUNDLER_PORT: String(hubPort) };
    const printed = await run(process.execPath, [join(root, "bundler/main.ts"), "--print-config"], {
      env: ownEnv(env),
    });
    expect(JSON.parse(printed.stdout)).toMatchObject({ names: ["bundler"], databaseUrl: "[hidden]", host: "0.0.0.0" });
    const bundler = stack.use(await startScript({ name: "bundler", script: "bundler/main.ts", env }));
    await bundler.waitForLog(/bundler listens/u);
    const kubeconfig = join(folder.path, "hub/admin.kubeconfig");
    expect(hubSettings["DROVER_KUBECONFIG"]).toBe(kubeconfig);
    const [, program, ...health] = serviceOf(compose, "bundler").healthcheck?.test ?? [];
    expect(program).toBe("drover");
    await drover(health.join(" "), kubeconfig);

    await execute(serviceOf(compose, "hub-ca").entrypoint ?? [], places);
    expect(await readFile(join(folder.path, "hub-ca/ca.pem"), "utf8")).toContain("BEGIN CERTIFICATE");

    const agentSettings = hereAll(environmentOf("agent-prod"), places);
    const agent = stack.use(
      await startScript({
        name: "agent",
        script: "agent/main.ts",
        env: { ...agentSettings, AGENT_HEALTH_PORT: String(healthPort) },
      }),
    );
    await agent.waitForLog(/registered/u);

    const [addExample, ...others] = await documentedCommands();
    await drover(here(addExample ?? "", places), kubeconfig);
    for (const command of others) await drover(command, kubeconfig).catch(acceptNotReady);
    await until(
      "the example reaches the cluster",
      async () => {
        const answer = await cluster.request("/api/v1/namespaces/shop/configmaps/shop-settings");
        return answer.status === 200;
      },
      { describe: () => bundler.log() },
    );
    const answer = await fetch(`http://127.0.0.1:${healthPort}/healthz`);
    expect(answer.status).toBe(200);
  });
});

/** Returns the `drover` commands that the file's head tells people to run in the bundler's container. */
async function documentedCommands(): Promise<string[]> {
  const text = await readFile(join(root, "docker-compose.yml"), "utf8");
  return [...text.matchAll(/^# {3}docker compose exec bundler drover (?<words>.*)$/gmu)].map(
    ({ groups }) => groups?.["words"] ?? "",
  );
}

async function drover(words: string, kubeconfig: string): Promise<void> {
  await run(process.execPath, [join(root, "cli/main.ts"), ...words.split(" ")], {
    env: ownEnv({ DROVER_KUBECONFIG: kubeconfig }),
  });
}

/** `drover status` ends with 3 while something is on its way. */
function acceptNotReady(error: unknown): void {
  if (typeof error !== "object" || error === null || !("code" in error) || error.code !== 3) throw error;
}

/** Runs a container's command with this Node. */
async function execute(words: readonly string[], places: Places): Promise<void> {
  const [program, ...args] = words;
  expect(program).toBe("node");
  await run(
    process.execPath,
    args.map((word) => here(word, places)),
  );
}
